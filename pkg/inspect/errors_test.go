package inspect_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"testing"

	apispec "spotcheck/mobile-api-spec"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/problem"
)

// faults are all of errors.go by their names; TestFaultsAreThoseOfTheContract holds that none is missing.
var faults = map[string]*fault.Error{
	"ErrContent":           inspect.ErrContent,
	"ErrNewer":             inspect.ErrNewer,
	"ErrMalformed":         inspect.ErrMalformed,
	"ErrBodyIncomplete":    inspect.ErrBodyIncomplete,
	"ErrTooLarge":          inspect.ErrTooLarge,
	"ErrNotFound":          inspect.ErrNotFound,
	"ErrMethod":            inspect.ErrMethod,
	"ErrUnavailable":       inspect.ErrUnavailable,
	"ErrOutdated":          inspect.ErrOutdated,
	"ErrFiguresPending":    inspect.ErrFiguresPending,
	"ErrPeriodFuture":      inspect.ErrPeriodFuture,
	"ErrNoForm":            inspect.ErrNoForm,
	"ErrReportNotFound":    inspect.ErrReportNotFound,
	"ErrReportDrafted":     inspect.ErrReportDrafted,
	"ErrReportDiffers":     inspect.ErrReportDiffers,
	"ErrReportChanged":     inspect.ErrReportChanged,
	"ErrReportState":       inspect.ErrReportState,
	"ErrReportMaking":      inspect.ErrReportMaking,
	"ErrForbidden":         inspect.ErrForbidden,
	"ErrOrigin":            inspect.ErrOrigin,
	"ErrSignIn":            inspect.ErrSignIn,
	"ErrLogin":             inspect.ErrLogin,
	"ErrEnrolment":         inspect.ErrEnrolment,
	"ErrLoginLimit":        inspect.ErrLoginLimit,
	"ErrOldPassword":       inspect.ErrOldPassword,
	"ErrIdle":              inspect.ErrIdle,
	"ErrGivenPassword":     inspect.ErrGivenPassword,
	"ErrPasswordAgain":     inspect.ErrPasswordAgain,
	"ErrPersonDisabled":    inspect.ErrPersonDisabled,
	"ErrWeakPassword":      inspect.ErrWeakPassword,
	"ErrIssueNotFound":     inspect.ErrIssueNotFound,
	"ErrIssueDiffers":      inspect.ErrIssueDiffers,
	"ErrIssueChanged":      inspect.ErrIssueChanged,
	"ErrWrongStatus":       inspect.ErrWrongStatus,
	"ErrRowChanged":        inspect.ErrRowChanged,
	"ErrActionDiffers":     inspect.ErrActionDiffers,
	"ErrSecondPerson":      inspect.ErrSecondPerson,
	"ErrOwnFix":            inspect.ErrOwnFix,
	"ErrReturnTooLate":     inspect.ErrReturnTooLate,
	"ErrFinalUnit":         inspect.ErrFinalUnit,
	"ErrExtensionLate":     inspect.ErrExtensionLate,
	"ErrNoExtension":       inspect.ErrNoExtension,
	"ErrHeldBefore":        inspect.ErrHeldBefore,
	"ErrNotHeld":           inspect.ErrNotHeld,
	"ErrAlreadyAsked":      inspect.ErrAlreadyAsked,
	"ErrNothingAsked":      inspect.ErrNothingAsked,
	"ErrNothingToCorrect":  inspect.ErrNothingToCorrect,
	"ErrHasPart":           inspect.ErrHasPart,
	"ErrNothingToAppeal":   inspect.ErrNothingToAppeal,
	"ErrAppealedBefore":    inspect.ErrAppealedBefore,
	"ErrAppealTooLate":     inspect.ErrAppealTooLate,
	"ErrOnlyLink":          inspect.ErrOnlyLink,
	"ErrReopenTooLate":     inspect.ErrReopenTooLate,
	"ErrMergeTarget":       inspect.ErrMergeTarget,
	"ErrDrawnForVisit":     inspect.ErrDrawnForVisit,
	"ErrOnSite":            inspect.ErrOnSite,
	"ErrPhotoNeeded":       inspect.ErrPhotoNeeded,
	"ErrPhotoNotFound":     inspect.ErrPhotoNotFound,
	"ErrPhotoDiffers":      inspect.ErrPhotoDiffers,
	"ErrPhotoManifest":     inspect.ErrPhotoManifest,
	"ErrPhotoDigest":       inspect.ErrPhotoDigest,
	"ErrPhotoShort":        inspect.ErrPhotoShort,
	"ErrPhotoHeader":       inspect.ErrPhotoHeader,
	"ErrPhotoNotSafe":      inspect.ErrPhotoNotSafe,
	"ErrPhotoUsed":         inspect.ErrPhotoUsed,
	"ErrPhotoNoRoom":       inspect.ErrPhotoNoRoom,
	"ErrPhotoSafe":         inspect.ErrPhotoSafe,
	"ErrPhotoGone":         inspect.ErrPhotoGone,
	"ErrNoRendition":       inspect.ErrNoRendition,
	"ErrNotRendered":       inspect.ErrNotRendered,
	"ErrRange":             inspect.ErrRange,
	"ErrTooManyPhotos":     inspect.ErrTooManyPhotos,
	"ErrUploadNotFound":    inspect.ErrUploadNotFound,
	"ErrUploadOffset":      inspect.ErrUploadOffset,
	"ErrUploadSuperseded":  inspect.ErrUploadSuperseded,
	"ErrUploadHeader":      inspect.ErrUploadHeader,
	"ErrUploadVersion":     inspect.ErrUploadVersion,
	"ErrUploadType":        inspect.ErrUploadType,
	"ErrUploadChecksum":    inspect.ErrUploadChecksum,
	"ErrUploadTooLong":     inspect.ErrUploadTooLong,
	"ErrExposureState":     inspect.ErrExposureState,
	"ErrTooOften":          inspect.ErrTooOften,
	"ErrNotPublic":         inspect.ErrNotPublic,
	"ErrPaperNotFound":     inspect.ErrPaperNotFound,
	"ErrPaperDiffers":      inspect.ErrPaperDiffers,
	"ErrPaperPending":      inspect.ErrPaperPending,
	"ErrPaperCorrected":    inspect.ErrPaperCorrected,
	"ErrPaperNumber":       inspect.ErrPaperNumber,
	"ErrPaperCancelled":    inspect.ErrPaperCancelled,
	"ErrPaperSigned":       inspect.ErrPaperSigned,
	"ErrBatchNotFound":     inspect.ErrBatchNotFound,
	"ErrAuditDiffers":      inspect.ErrAuditDiffers,
	"ErrNoCheckpoint":      inspect.ErrNoCheckpoint,
	"ErrNoLogCheckpoint":   inspect.ErrNoLogCheckpoint,
	"ErrNotYetLogged":      inspect.ErrNotYetLogged,
	"ErrLogSizes":          inspect.ErrLogSizes,
	"ErrNoLogKey":          inspect.ErrNoLogKey,
	"ErrLogSigner":         inspect.ErrLogSigner,
	"ErrLogForked":         inspect.ErrLogForked,
	"ErrBatchDiffers":      inspect.ErrBatchDiffers,
	"ErrBatchRunning":      inspect.ErrBatchRunning,
	"ErrListTooLarge":      inspect.ErrListTooLarge,
	"ErrBatchTooLarge":     inspect.ErrBatchTooLarge,
	"ErrBatchEmpty":        inspect.ErrBatchEmpty,
	"ErrDrawNotFound":      inspect.ErrDrawNotFound,
	"ErrDrawDiffers":       inspect.ErrDrawDiffers,
	"ErrDrawState":         inspect.ErrDrawState,
	"ErrDrawExhausted":     inspect.ErrDrawExhausted,
	"ErrNotDrawn":          inspect.ErrNotDrawn,
	"ErrStandardNotFound":  inspect.ErrStandardNotFound,
	"ErrStandardState":     inspect.ErrStandardState,
	"ErrStandardTable":     inspect.ErrStandardTable,
	"ErrVisitNotFound":     inspect.ErrVisitNotFound,
	"ErrNoGrade":           inspect.ErrNoGrade,
	"ErrVisitDiffers":      inspect.ErrVisitDiffers,
	"ErrVisitAnswered":     inspect.ErrVisitAnswered,
	"ErrVisitAnswers":      inspect.ErrVisitAnswers,
	"ErrVisitFinding":      inspect.ErrVisitFinding,
	"ErrVisitClosed":       inspect.ErrVisitClosed,
	"ErrVisitState":        inspect.ErrVisitState,
	"ErrContestLate":       inspect.ErrContestLate,
	"ErrContestOwn":        inspect.ErrContestOwn,
	"ErrTooManyCases":      inspect.ErrTooManyCases,
	"ErrHeadingNotFound":   inspect.ErrHeadingNotFound,
	"ErrHeadingFilled":     inspect.ErrHeadingFilled,
	"ErrHeadingNotEmpty":   inspect.ErrHeadingNotEmpty,
	"ErrDocumentNotFound":  inspect.ErrDocumentNotFound,
	"ErrDocumentNoFile":    inspect.ErrDocumentNoFile,
	"ErrDocumentWithdrawn": inspect.ErrDocumentWithdrawn,
	"ErrExportNotFound":    inspect.ErrExportNotFound,
	"ErrExportDiffers":     inspect.ErrExportDiffers,
	"ErrExportEmpty":       inspect.ErrExportEmpty,
	"ErrExportTooLarge":    inspect.ErrExportTooLarge,
	"ErrExportGone":        inspect.ErrExportGone,
	"ErrCampaignNotFound":  inspect.ErrCampaignNotFound,
	"ErrCampaignClosed":    inspect.ErrCampaignClosed,
	"ErrCampaignState":     inspect.ErrCampaignState,
	"ErrActivityNotFound":  inspect.ErrActivityNotFound,
	"ErrActivityState":     inspect.ErrActivityState,
	"ErrActivityEarly":     inspect.ErrActivityEarly,
	"ErrActivityClosed":    inspect.ErrActivityClosed,
	"ErrActivityPhotos":    inspect.ErrActivityPhotos,
	"ErrSignInOver":        inspect.ErrSignInOver,
	"ErrSignInNotFound":    inspect.ErrSignInNotFound,
	"ErrDutyNotFound":      inspect.ErrDutyNotFound,
	"ErrDutyEnded":         inspect.ErrDutyEnded,
	"ErrRoundNotFound":     inspect.ErrRoundNotFound,
	"ErrRoundEnded":        inspect.ErrRoundEnded,
	"ErrRoundNotOpen":      inspect.ErrRoundNotOpen,
	"ErrRoundState":        inspect.ErrRoundState,
	"ErrOnLeave":           inspect.ErrOnLeave,
	"ErrResync":            inspect.ErrResync,
	"ErrTooManyStreams":    inspect.ErrTooManyStreams,
	"ErrNameTaken":         inspect.ErrNameTaken,
	"ErrLastAdmin":         inspect.ErrLastAdmin,
	"ErrTreeLoop":          inspect.ErrTreeLoop,
	"ErrUnknownRef":        inspect.ErrUnknownRef,
	"ErrNoSecretKey":       inspect.ErrNoSecretKey,
	"ErrAreaFile":          inspect.ErrAreaFile,
	"ErrImportErrors":      inspect.ErrImportErrors,
	"ErrImportStale":       inspect.ErrImportStale,
	"ErrIssueFile":         inspect.ErrIssueFile,
	"ErrMappingName":       inspect.ErrMappingName,
	"ErrSuspensionFixed":   inspect.ErrSuspensionFixed,
	"ErrHolidaysLost":      inspect.ErrHolidaysLost,
	"ErrSettingFixed":      inspect.ErrSettingFixed,

	"ErrAssessmentNotFound": inspect.ErrAssessmentNotFound,
	"ErrAssessmentWeights":  inspect.ErrAssessmentWeights,
	"ErrAssessmentDrafted":  inspect.ErrAssessmentDrafted,
	"ErrAssessmentDiffers":  inspect.ErrAssessmentDiffers,
	"ErrAssessmentChanged":  inspect.ErrAssessmentChanged,
	"ErrAssessmentState":    inspect.ErrAssessmentState,
	"ErrPeriodOpen":         inspect.ErrPeriodOpen,
}

// TestFaultsAreThoseOfTheContract holds each fault as the program makes it against its row of problems.md: phones match on its code, and do what its
// status and its retry say.
func TestFaultsAreThoseOfTheContract(t *testing.T) {
	type entry struct {
		status int
		retry  string
	}
	listed := map[string]entry{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z.-]+)` \\| (\\d+) \\| ([a-z-]+) \\|").FindAllStringSubmatch(apispec.Problems, -1) {
		status, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		listed[m[1]] = entry{status, m[3]}
	}
	codes := map[string]string{}
	for name, f := range faults {
		want, ok := listed[f.Code]
		if got := problem.Of(f, ""); !ok || got.Status != want.status || string(got.Retry) != want.retry {
			t.Errorf("%s is %q, %d %s, want %+v", name, f.Code, got.Status, got.Retry, want)
		}
		if other, twice := codes[f.Code]; twice {
			t.Errorf("%s and %s are both %s", name, other, f.Code)
		}
		codes[f.Code] = name
		if f.Text == "" || f.Text[len(f.Text)-1] != '.' {
			t.Errorf("%s says %q, which is no sentence", name, f.Text)
		}
	}
}

// TestNoFaultIsMissing reads the names of errors.go.
func TestNoFaultIsMissing(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			names = append(names, v.Names[0].Name)
		}
		return true
	})
	if have := slices.Sorted(maps.Keys(faults)); !slices.Equal(slices.Sorted(slices.Values(names)), have) {
		t.Errorf("errors.go has %v, the table %v", names, have)
	}
}
