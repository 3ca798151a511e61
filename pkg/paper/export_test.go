package paper

// What the benchmarks need from the inside.
const Family = family

// SetPDF is PDF with a font of one's own.
var SetPDF = (*Content).pdf
