package photo

import (
	"golang.org/x/image/math/fixed"

	"spotcheck/pkg/font"
)

// Wrap is wrap for tests: characters of so many pixels on lines of so many.
func Wrap(text string, size float64, width int) ([]string, error) {
	face, err := font.Face(size)
	if err != nil {
		return nil, err
	}
	defer face.Close()
	return wrap(face, text, fixed.I(width)), nil
}
