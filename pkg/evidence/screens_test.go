package evidence_test

import (
	"testing"

	"spotcheck/pkg/evidence"
)

// TestSizesOfScreens lists the sizes once more, as their makers name them: on its side or upright a PNG of such a size that names no camera is
// one of a screen, and one that is a pixel larger is not.
func TestSizesOfScreens(t *testing.T) {
	sizes := [][2]int{{1024, 768}, {1280, 800}, {1366, 768}, {1440, 900}, {1600, 900}, {1680, 1050}, {1920, 1080}, {1920, 1200}, {2000, 1200}, {2048, 1536}, {2160, 1620},
		{2224, 1668}, {2266, 1488}, {2360, 1640}, {2388, 1668}, {2420, 1668}, {2480, 2200}, {2496, 2224}, {2560, 1440}, {2560, 1600}, {2732, 2048}, {2752, 2064}, {2800, 1840},
		{2880, 1800}, {3000, 2000}, {3024, 1964}, {3200, 2136}, {3456, 2234}, {3840, 2160}}
	for _, width := range []int{480, 540, 640, 720, 750, 800, 828, 900, 1080, 1096, 1116, 1125, 1170, 1176, 1179, 1188, 1200, 1206, 1212, 1216, 1220, 1224, 1228, 1240, 1242, 1256, 1260,
		1264, 1272, 1280, 1284, 1290, 1312, 1316, 1320, 1344, 1440} {
		sizes = append(sizes, [2]int{width * 2, width})
	}
	looks := func(w, h int, make, model string) bool {
		w2 := evidence.PhotoCheck{}
		w2.Type, w2.Width, w2.Height, w2.Make, w2.Model = "png", w, h, make, model
		return w2.LooksLikeScreen()
	}
	for _, s := range sizes {
		if !looks(s[0], s[1], "", "") || !looks(s[1], s[0], "", "") {
			t.Errorf("%d × %d is no screen", s[0], s[1])
		}
		if looks(s[0], s[1], "Apple", "") || looks(s[0], s[1], "", "Pixel 9") {
			t.Errorf("%d × %d is one though it names a camera", s[0], s[1])
		}
		if looks(s[0]+7, s[1]+7, "", "") {
			t.Errorf("%d × %d is a screen", s[0]+7, s[1]+7)
		}
	}
}
