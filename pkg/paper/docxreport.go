package paper

// DOCX writes the same as the pages say into a document that people can edit. Charts are pictures in it.
func (d *Document) DOCX(p Pictures) ([]byte, error) {
	out := &docx{pictures: p, about: d.info()}
	sections := d.sections()
	for n := range sections {
		if n > 0 {
			out.WriteString(`<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/>` + out.section() + `</w:pPr></w:p>`)
		}
		out.sheet = &sections[n].sheet
		for _, b := range sections[n].blocks {
			b.write(out)
		}
	}
	return out.file()
}

func (e ends) write(d *docx) {
	d.WriteString(`<w:p><w:pPr><w:keepNext/><w:tabs><w:tab w:val="right" w:pos="` + twips(d.room) + `"/></w:tabs>` +
		`<w:spacing w:line="` + twips(e.size*1.5) + `" w:lineRule="exact"/></w:pPr>`)
	d.run(e.left, letters{size: e.size})
	d.WriteString(`<w:r><w:tab/></w:r>`)
	d.run(e.right, letters{size: e.size})
	d.WriteString(`</w:p>`)
}

func (k keys) write(d *docx) {
	for _, line := range k.lines() {
		wide := k.room / float64(len(line))
		d.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(k.room) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
		for range line {
			d.WriteString(`<w:gridCol w:w="` + twips(wide) + `"/>`)
		}
		d.WriteString(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for n := range line {
			d.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(wide) + `" w:type="dxa"/><w:tcBorders><w:top w:val="single" w:sz="16" w:space="0" w:color="` + hexOf(blue) +
				`"/></w:tcBorders><w:shd w:val="clear" w:color="auto" w:fill="` + hexOf(paler) + `"/></w:tcPr>`)
			f := &line[n]
			text{body: f.Name, size: 9.5, pitch: 14, align: toMiddle}.write(d)
			text{body: f.Value.TextWithUnit(), size: 18, pitch: 26, align: toMiddle, ink: blue, bold: true}.write(d)
			for _, below := range f.below() {
				text{body: below, size: 8, pitch: 11, align: toMiddle, ink: grey}.write(d)
			}
			d.WriteString(`</w:tc>`)
		}
		d.WriteString(`</w:tr></w:tbl>`)
		space(6).write(d)
	}
}

// write draws the chart as pictures, none higher than a page.
func (c chart) write(d *docx) {
	strips := c.strips(d.room, c.empty)
	for len(strips) > 0 {
		n, high := 0, 0.0
		for n < len(strips) && (n == 0 || high+strips[n].height < d.depth*0.9) {
			high += strips[n].height
			n++
		}
		d.WriteString(`<w:p><w:pPr><w:jc w:val="center"/></w:pPr>`)
		d.picture("png", c.Title, drawn(strips[:n], d.room, high), d.room, high)
		d.WriteString(`</w:p>`)
		strips = strips[n:]
	}
}
