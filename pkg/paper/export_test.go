package paper

import "github.com/signintech/gopdf"

// What the benchmarks need from the inside.
const Family = family

// SetPDF is PDF with a font of one's own.
func SetPDF(c *Content, p Pictures, addFont func(*gopdf.GoPdf) error) ([]byte, error) {
	return pdf(c.info(), c.pages(p), p, addFont)
}

// Lines breaks a text of size 16 into lines of so many points, and Printed is the text that they hold.
func Lines(text string, wide float64) (all []string) {
	for _, l := range setLines(text, size3, 0, wide) {
		all = append(all, l.text)
	}
	return all
}

// Printed is a text as the pages show it.
func Printed(text string) string { return printed(clean(text)) }

// Width is that of a text of size 16, in points.
func Width(text string) float64 { return width(text, size3) }
