package store

import (
	"context"
	"errors"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
)

const campaignColumns = `SELECT c.id, c.uid, c.title, c.note, (SELECT uid FROM area WHERE id = c.area), c.from_day, c.to_day, c.categories, c.groups, c.targets,
	c.closed_at, c.closed_by, c.conclusion, c.progress, c.made_by, c.created_at, c.updated_at FROM campaign c `

func scanCampaign(r scanner) (id int64, c campaign.Campaign, err error) {
	var categories, groups, targets, progress string
	if err = r.Scan(&id, (*uid)(&c.ID), &c.Title, &c.Note, (*uid)(&c.Area), (*string)(&c.Span.From), (*string)(&c.Span.To), &categories, &groups, &targets,
		&c.Closing.At, (*uid)(&c.Closing.By), &c.Closing.Conclusion, &progress, (*uid)(&c.MadeBy), &c.CreatedAt, &c.UpdatedAt); err != nil {
		return id, c, err
	}
	err = errors.Join(readJSON(categories, &c.Categories), readJSON(groups, &c.Groups), readJSON(targets, &c.Targets), readJSON(progress, &c.Closing.Progress))
	return id, c, err
}

// Campaign gives one campaign; ok is false when there is none.
func (tx *Tx) Campaign(ctx context.Context, id inspect.ID) (c campaign.Campaign, ok bool, err error) {
	_, c, err = scanCampaign(tx.row(ctx, campaignColumns+"WHERE c.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return c, ok, err
}

// Campaigns gives campaigns, the newest first, before the one at the cursor, which is 0 for the first; next is 0 at the end.
func (tx *Tx) Campaigns(ctx context.Context, before int64, limit int) (all []campaign.Campaign, next int64, err error) {
	where, args := "", []any{}
	if before > 0 {
		where, args = "WHERE c.id < ? ", append(args, before)
	}
	all, err = list(ctx, tx, func(r scanner) (c campaign.Campaign, err error) {
		next, c, err = scanCampaign(r)
		return c, err
	}, campaignColumns+where+"ORDER BY c.id DESC LIMIT ?", append(args, limit)...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// EachCampaign calls f for every campaign; of one that cannot be read with what can.
func (tx *Tx) EachCampaign(ctx context.Context, f func(*campaign.Campaign) error) error {
	return tx.each(ctx, func(r scanner) error {
		_, c, err := scanCampaign(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(&c)
	}, campaignColumns+"ORDER BY c.id")
}

// SaveCampaign inserts a campaign or changes the one with its id.
func (tx *Tx) SaveCampaign(ctx context.Context, c *campaign.Campaign) error {
	categories, err := asJSON(&c.Categories)
	if err != nil {
		return err
	}
	groups, err := asJSON(&c.Groups)
	if err != nil {
		return err
	}
	targets, err := asJSON(&c.Targets)
	if err != nil {
		return err
	}
	progress := ""
	if c.Closing.At != 0 {
		if progress, err = asJSON(&c.Closing.Progress); err != nil {
			return err
		}
	}
	return tx.exec(ctx, `INSERT INTO campaign (uid, title, note, area, from_day, to_day, categories, groups, targets, closed_at, closed_by, conclusion, progress, made_by,
			created_at, updated_at)
		VALUES (?, ?, ?, (SELECT id FROM area WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET title = excluded.title, note = excluded.note, area = excluded.area, from_day = excluded.from_day, to_day = excluded.to_day,
			categories = excluded.categories, groups = excluded.groups, targets = excluded.targets, closed_at = excluded.closed_at, closed_by = excluded.closed_by,
			conclusion = excluded.conclusion, progress = excluded.progress, updated_at = excluded.updated_at`,
		bytesOf(c.ID), c.Title, c.Note, bytesOf(c.Area), string(c.Span.From), string(c.Span.To), categories, groups, targets, int64(c.Closing.At), bytesOf(c.Closing.By),
		c.Closing.Conclusion, progress, bytesOf(c.MadeBy), int64(c.CreatedAt), int64(c.UpdatedAt))
}
