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
	"ErrActionDiffers":     inspect.ErrActionDiffers,
	"ErrActionDiffers":     inspect.ErrActionDiffers,
	"ErrAlreadyAsked":      inspect.ErrAlreadyAsked,
	"ErrAlreadyAsked":      inspect.ErrAlreadyAsked,
	"ErrAppealTooLate":     inspect.ErrAppealTooLate,
	"ErrAppealTooLate":     inspect.ErrAppealTooLate,
	"ErrAppealedBefore":    inspect.ErrAppealedBefore,
	"ErrAppealedBefore":    inspect.ErrAppealedBefore,
	"ErrAreaFile":          inspect.ErrAreaFile,
	"ErrAreaFile":          inspect.ErrAreaFile,
	"ErrAuditDiffers":      inspect.ErrAuditDiffers,
	"ErrAuditDiffers":      inspect.ErrAuditDiffers,
	"ErrBatchDiffers":      inspect.ErrBatchDiffers,
	"ErrBatchDiffers":      inspect.ErrBatchDiffers,
	"ErrBatchEmpty":        inspect.ErrBatchEmpty,
	"ErrBatchEmpty":        inspect.ErrBatchEmpty,
	"ErrBatchNotFound":     inspect.ErrBatchNotFound,
	"ErrBatchNotFound":     inspect.ErrBatchNotFound,
	"ErrBatchRunning":      inspect.ErrBatchRunning,
	"ErrBatchRunning":      inspect.ErrBatchRunning,
	"ErrBatchTooLarge":     inspect.ErrBatchTooLarge,
	"ErrBatchTooLarge":     inspect.ErrBatchTooLarge,
	"ErrBodyIncomplete":    inspect.ErrBodyIncomplete,
	"ErrBodyIncomplete":    inspect.ErrBodyIncomplete,
	"ErrContent":           inspect.ErrContent,
	"ErrContent":           inspect.ErrContent,
	"ErrContestLate":       inspect.ErrContestLate,
	"ErrContestOwn":        inspect.ErrContestOwn,
	"ErrDocumentNoFile":    inspect.ErrDocumentNoFile,
	"ErrDocumentNotFound":  inspect.ErrDocumentNotFound,
	"ErrDocumentWithdrawn": inspect.ErrDocumentWithdrawn,
	"ErrDrawDiffers":       inspect.ErrDrawDiffers,
	"ErrDrawDiffers":       inspect.ErrDrawDiffers,
	"ErrDrawExhausted":     inspect.ErrDrawExhausted,
	"ErrDrawExhausted":     inspect.ErrDrawExhausted,
	"ErrDrawNotFound":      inspect.ErrDrawNotFound,
	"ErrDrawNotFound":      inspect.ErrDrawNotFound,
	"ErrDrawState":         inspect.ErrDrawState,
	"ErrDrawState":         inspect.ErrDrawState,
	"ErrDrawnForVisit":     inspect.ErrDrawnForVisit,
	"ErrDrawnForVisit":     inspect.ErrDrawnForVisit,
	"ErrEnrolment":         inspect.ErrEnrolment,
	"ErrEnrolment":         inspect.ErrEnrolment,
	"ErrExportDiffers":     inspect.ErrExportDiffers,
	"ErrExportEmpty":       inspect.ErrExportEmpty,
	"ErrExportGone":        inspect.ErrExportGone,
	"ErrExportNotFound":    inspect.ErrExportNotFound,
	"ErrExportTooLarge":    inspect.ErrExportTooLarge,
	"ErrExposureState":     inspect.ErrExposureState,
	"ErrExposureState":     inspect.ErrExposureState,
	"ErrExtensionLate":     inspect.ErrExtensionLate,
	"ErrExtensionLate":     inspect.ErrExtensionLate,
	"ErrFiguresPending":    inspect.ErrFiguresPending,
	"ErrFiguresPending":    inspect.ErrFiguresPending,
	"ErrFinalUnit":         inspect.ErrFinalUnit,
	"ErrFinalUnit":         inspect.ErrFinalUnit,
	"ErrForbidden":         inspect.ErrForbidden,
	"ErrForbidden":         inspect.ErrForbidden,
	"ErrHasPart":           inspect.ErrHasPart,
	"ErrHasPart":           inspect.ErrHasPart,
	"ErrHeadingFilled":     inspect.ErrHeadingFilled,
	"ErrHeadingNotEmpty":   inspect.ErrHeadingNotEmpty,
	"ErrHeadingNotFound":   inspect.ErrHeadingNotFound,
	"ErrHeldBefore":        inspect.ErrHeldBefore,
	"ErrHeldBefore":        inspect.ErrHeldBefore,
	"ErrHolidaysLost":      inspect.ErrHolidaysLost,
	"ErrHolidaysLost":      inspect.ErrHolidaysLost,
	"ErrImportErrors":      inspect.ErrImportErrors,
	"ErrImportErrors":      inspect.ErrImportErrors,
	"ErrImportStale":       inspect.ErrImportStale,
	"ErrImportStale":       inspect.ErrImportStale,
	"ErrIssueChanged":      inspect.ErrIssueChanged,
	"ErrIssueChanged":      inspect.ErrIssueChanged,
	"ErrIssueDiffers":      inspect.ErrIssueDiffers,
	"ErrIssueDiffers":      inspect.ErrIssueDiffers,
	"ErrIssueFile":         inspect.ErrIssueFile,
	"ErrIssueFile":         inspect.ErrIssueFile,
	"ErrIssueNotFound":     inspect.ErrIssueNotFound,
	"ErrIssueNotFound":     inspect.ErrIssueNotFound,
	"ErrLastAdmin":         inspect.ErrLastAdmin,
	"ErrLastAdmin":         inspect.ErrLastAdmin,
	"ErrLogin":             inspect.ErrLogin,
	"ErrLogin":             inspect.ErrLogin,
	"ErrLoginLimit":        inspect.ErrLoginLimit,
	"ErrListTooLarge":      inspect.ErrListTooLarge,
	"ErrLoginLimit":        inspect.ErrLoginLimit,
	"ErrListTooLarge":      inspect.ErrListTooLarge,
	"ErrMalformed":         inspect.ErrMalformed,
	"ErrMalformed":         inspect.ErrMalformed,
	"ErrMappingName":       inspect.ErrMappingName,
	"ErrMappingName":       inspect.ErrMappingName,
	"ErrMergeTarget":       inspect.ErrMergeTarget,
	"ErrMergeTarget":       inspect.ErrMergeTarget,
	"ErrMethod":            inspect.ErrMethod,
	"ErrMethod":            inspect.ErrMethod,
	"ErrNameTaken":         inspect.ErrNameTaken,
	"ErrNameTaken":         inspect.ErrNameTaken,
	"ErrNewer":             inspect.ErrNewer,
	"ErrNewer":             inspect.ErrNewer,
	"ErrNoCheckpoint":      inspect.ErrNoCheckpoint,
	"ErrNoCheckpoint":      inspect.ErrNoCheckpoint,
	"ErrNoExtension":       inspect.ErrNoExtension,
	"ErrNoExtension":       inspect.ErrNoExtension,
	"ErrNoForm":            inspect.ErrNoForm,
	"ErrNoForm":            inspect.ErrNoForm,
	"ErrNoRendition":       inspect.ErrNoRendition,
	"ErrNoRendition":       inspect.ErrNoRendition,
	"ErrNoSecretKey":       inspect.ErrNoSecretKey,
	"ErrNoSecretKey":       inspect.ErrNoSecretKey,
	"ErrNotDrawn":          inspect.ErrNotDrawn,
	"ErrNotDrawn":          inspect.ErrNotDrawn,
	"ErrNotFound":          inspect.ErrNotFound,
	"ErrNotFound":          inspect.ErrNotFound,
	"ErrNotHeld":           inspect.ErrNotHeld,
	"ErrNotHeld":           inspect.ErrNotHeld,
	"ErrNotPublic":         inspect.ErrNotPublic,
	"ErrNotPublic":         inspect.ErrNotPublic,
	"ErrNotRendered":       inspect.ErrNotRendered,
	"ErrNotRendered":       inspect.ErrNotRendered,
	"ErrNothingAsked":      inspect.ErrNothingAsked,
	"ErrNothingAsked":      inspect.ErrNothingAsked,
	"ErrNothingToAppeal":   inspect.ErrNothingToAppeal,
	"ErrNothingToAppeal":   inspect.ErrNothingToAppeal,
	"ErrNothingToCorrect":  inspect.ErrNothingToCorrect,
	"ErrNothingToCorrect":  inspect.ErrNothingToCorrect,
	"ErrOldPassword":       inspect.ErrOldPassword,
	"ErrOldPassword":       inspect.ErrOldPassword,
	"ErrOnSite":            inspect.ErrOnSite,
	"ErrOnSite":            inspect.ErrOnSite,
	"ErrOnlyLink":          inspect.ErrOnlyLink,
	"ErrOnlyLink":          inspect.ErrOnlyLink,
	"ErrOrigin":            inspect.ErrOrigin,
	"ErrOrigin":            inspect.ErrOrigin,
	"ErrOutdated":          inspect.ErrOutdated,
	"ErrOutdated":          inspect.ErrOutdated,
	"ErrOwnFix":            inspect.ErrOwnFix,
	"ErrOwnFix":            inspect.ErrOwnFix,
	"ErrPaperCancelled":    inspect.ErrPaperCancelled,
	"ErrPaperCancelled":    inspect.ErrPaperCancelled,
	"ErrPaperCorrected":    inspect.ErrPaperCorrected,
	"ErrPaperCorrected":    inspect.ErrPaperCorrected,
	"ErrPaperDiffers":      inspect.ErrPaperDiffers,
	"ErrPaperDiffers":      inspect.ErrPaperDiffers,
	"ErrPaperNotFound":     inspect.ErrPaperNotFound,
	"ErrPaperNotFound":     inspect.ErrPaperNotFound,
	"ErrPaperNumber":       inspect.ErrPaperNumber,
	"ErrPaperNumber":       inspect.ErrPaperNumber,
	"ErrPaperPending":      inspect.ErrPaperPending,
	"ErrPaperPending":      inspect.ErrPaperPending,
	"ErrPaperSigned":       inspect.ErrPaperSigned,
	"ErrPaperSigned":       inspect.ErrPaperSigned,
	"ErrPeriodFuture":      inspect.ErrPeriodFuture,
	"ErrPeriodFuture":      inspect.ErrPeriodFuture,
	"ErrPhotoDiffers":      inspect.ErrPhotoDiffers,
	"ErrPhotoDiffers":      inspect.ErrPhotoDiffers,
	"ErrPhotoDigest":       inspect.ErrPhotoDigest,
	"ErrPhotoDigest":       inspect.ErrPhotoDigest,
	"ErrPhotoGone":         inspect.ErrPhotoGone,
	"ErrPhotoGone":         inspect.ErrPhotoGone,
	"ErrPhotoHeader":       inspect.ErrPhotoHeader,
	"ErrPhotoHeader":       inspect.ErrPhotoHeader,
	"ErrPhotoManifest":     inspect.ErrPhotoManifest,
	"ErrPhotoManifest":     inspect.ErrPhotoManifest,
	"ErrPhotoNeeded":       inspect.ErrPhotoNeeded,
	"ErrPhotoNeeded":       inspect.ErrPhotoNeeded,
	"ErrPhotoNoRoom":       inspect.ErrPhotoNoRoom,
	"ErrPhotoNoRoom":       inspect.ErrPhotoNoRoom,
	"ErrPhotoNotFound":     inspect.ErrPhotoNotFound,
	"ErrPhotoNotFound":     inspect.ErrPhotoNotFound,
	"ErrPhotoNotSafe":      inspect.ErrPhotoNotSafe,
	"ErrPhotoNotSafe":      inspect.ErrPhotoNotSafe,
	"ErrPhotoSafe":         inspect.ErrPhotoSafe,
	"ErrPhotoSafe":         inspect.ErrPhotoSafe,
	"ErrPhotoShort":        inspect.ErrPhotoShort,
	"ErrPhotoShort":        inspect.ErrPhotoShort,
	"ErrPhotoUsed":         inspect.ErrPhotoUsed,
	"ErrPhotoUsed":         inspect.ErrPhotoUsed,
	"ErrRange":             inspect.ErrRange,
	"ErrRange":             inspect.ErrRange,
	"ErrReopenTooLate":     inspect.ErrReopenTooLate,
	"ErrReopenTooLate":     inspect.ErrReopenTooLate,
	"ErrReportChanged":     inspect.ErrReportChanged,
	"ErrReportChanged":     inspect.ErrReportChanged,
	"ErrReportDiffers":     inspect.ErrReportDiffers,
	"ErrReportDiffers":     inspect.ErrReportDiffers,
	"ErrReportDrafted":     inspect.ErrReportDrafted,
	"ErrReportDrafted":     inspect.ErrReportDrafted,
	"ErrReportMaking":      inspect.ErrReportMaking,
	"ErrReportMaking":      inspect.ErrReportMaking,
	"ErrReportNotFound":    inspect.ErrReportNotFound,
	"ErrReportNotFound":    inspect.ErrReportNotFound,
	"ErrReportState":       inspect.ErrReportState,
	"ErrReportState":       inspect.ErrReportState,
	"ErrResync":            inspect.ErrResync,
	"ErrResync":            inspect.ErrResync,
	"ErrReturnTooLate":     inspect.ErrReturnTooLate,
	"ErrReturnTooLate":     inspect.ErrReturnTooLate,
	"ErrRowChanged":        inspect.ErrRowChanged,
	"ErrRowChanged":        inspect.ErrRowChanged,
	"ErrSecondPerson":      inspect.ErrSecondPerson,
	"ErrSecondPerson":      inspect.ErrSecondPerson,
	"ErrSettingFixed":      inspect.ErrSettingFixed,
	"ErrSettingFixed":      inspect.ErrSettingFixed,
	"ErrSignIn":            inspect.ErrSignIn,
	"ErrSignIn":            inspect.ErrSignIn,
	"ErrStandardNotFound":  inspect.ErrStandardNotFound,
	"ErrStandardState":     inspect.ErrStandardState,
	"ErrStandardTable":     inspect.ErrStandardTable,
	"ErrSuspensionFixed":   inspect.ErrSuspensionFixed,
	"ErrSuspensionFixed":   inspect.ErrSuspensionFixed,
	"ErrTooLarge":          inspect.ErrTooLarge,
	"ErrTooLarge":          inspect.ErrTooLarge,
	"ErrTooManyCases":      inspect.ErrTooManyCases,
	"ErrTooManyPhotos":     inspect.ErrTooManyPhotos,
	"ErrTooManyPhotos":     inspect.ErrTooManyPhotos,
	"ErrTooManyStreams":    inspect.ErrTooManyStreams,
	"ErrTooManyStreams":    inspect.ErrTooManyStreams,
	"ErrTooOften":          inspect.ErrTooOften,
	"ErrTooOften":          inspect.ErrTooOften,
	"ErrTreeLoop":          inspect.ErrTreeLoop,
	"ErrTreeLoop":          inspect.ErrTreeLoop,
	"ErrUnavailable":       inspect.ErrUnavailable,
	"ErrUnavailable":       inspect.ErrUnavailable,
	"ErrUnknownRef":        inspect.ErrUnknownRef,
	"ErrUnknownRef":        inspect.ErrUnknownRef,
	"ErrUploadChecksum":    inspect.ErrUploadChecksum,
	"ErrUploadChecksum":    inspect.ErrUploadChecksum,
	"ErrUploadHeader":      inspect.ErrUploadHeader,
	"ErrUploadHeader":      inspect.ErrUploadHeader,
	"ErrUploadNotFound":    inspect.ErrUploadNotFound,
	"ErrUploadNotFound":    inspect.ErrUploadNotFound,
	"ErrUploadOffset":      inspect.ErrUploadOffset,
	"ErrUploadOffset":      inspect.ErrUploadOffset,
	"ErrUploadSuperseded":  inspect.ErrUploadSuperseded,
	"ErrUploadSuperseded":  inspect.ErrUploadSuperseded,
	"ErrUploadTooLong":     inspect.ErrUploadTooLong,
	"ErrUploadTooLong":     inspect.ErrUploadTooLong,
	"ErrUploadType":        inspect.ErrUploadType,
	"ErrUploadType":        inspect.ErrUploadType,
	"ErrUploadVersion":     inspect.ErrUploadVersion,
	"ErrUploadVersion":     inspect.ErrUploadVersion,
	"ErrVisitAnswered":     inspect.ErrVisitAnswered,
	"ErrVisitAnswers":      inspect.ErrVisitAnswers,
	"ErrVisitClosed":       inspect.ErrVisitClosed,
	"ErrVisitDiffers":      inspect.ErrVisitDiffers,
	"ErrVisitFinding":      inspect.ErrVisitFinding,
	"ErrVisitNotFound":     inspect.ErrVisitNotFound,
	"ErrVisitState":        inspect.ErrVisitState,
	"ErrWeakPassword":      inspect.ErrWeakPassword,
	"ErrWeakPassword":      inspect.ErrWeakPassword,
	"ErrWrongStatus":       inspect.ErrWrongStatus,
	"ErrWrongStatus":       inspect.ErrWrongStatus,
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
