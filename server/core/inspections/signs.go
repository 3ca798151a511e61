package inspections

import (
	"context"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// GradeSign is the sign of a place (等级公示牌) with the grade of its latest visit; the code on it leads to address. Who may not see that visit is not told
// that there is one.
func (svc *Service) GradeSign(ctx context.Context, a *inspect.Actor, place inspect.ID, address func(inspect.Spot) string, language inspect.Language) (sign paper.Sign,
	err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, ok, err := tx.LatestVisit(ctx, place)
		if err != nil {
			return err
		}
		spot, known, err := tx.Spot(ctx, place)
		if err != nil {
			return err
		}
		if !ok || !known {
			return inspect.ErrVisitNotFound
		}
		if v, _, err = visibleVisit(ctx, tx, a, v.ID); err != nil {
			return err
		}
		if v.Grade == "" {
			return inspect.ErrNoGrade
		}
		s, _, err := tx.Standard(ctx, v.Standard, v.Version)
		if err != nil {
			return err
		}
		office, err := city.Name.In(ctx, tx)
		if err != nil {
			return err
		}
		day := inspect.DateOf(v.DoneAt, svc.zone)
		sign = paper.Sign{Language: "zh-CN", Office: office, Head: "环境卫生等级公示", Place: spot.Name, Grade: v.Grade, Address: address(spot), Made: v.DoneAt.UTC(),
			Lines: []string{s.Name, fmt.Sprintf("最近检查 %s", day)}, Caption: "扫码反映这里的问题"}
		if language == inspect.English {
			sign.Language, sign.Head, sign.Caption = "en", "Hygiene grade", "Scan to report a problem here"
			sign.Lines[1] = fmt.Sprintf("Last inspected on %s", day)
		}
		return nil
	})
	return sign, err
}
