package store

// Schema is what copies need to know of a version of the schema to be upgraded one by one.
type Schema struct {
	Oldest   int    // schema of the oldest program that still works beside it
	Stop     string // what programs of the schema before would do wrong; empty where they work on
	StopInZH string
}

// Schemas are all there are, from 1 on. It decides who works beside whom, and the text on upgrades in README is made from it. From
// schema 10 on, programs of the schema before work on.
var Schemas = [Newest]Schema{
	{Oldest: 1},
	{Oldest: 1},
	{Oldest: 1},
	{Oldest: 4, Stop: "rules and clocks", StopInZH: "规则与计时"},
	{Oldest: 5, Stop: "recurrences", StopInZH: "复发"},
	{Oldest: 6, Stop: "figures", StopInZH: "统计数字"},
	{Oldest: 7, Stop: "joint work", StopInZH: "联合处置"},
	{Oldest: 7},
	{Oldest: 9, Stop: "figures, limits and calendar", StopInZH: "统计数字、期限与日历"},
}
