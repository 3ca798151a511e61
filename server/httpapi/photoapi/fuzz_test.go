package photoapi

import (
	"math/big"
	"strings"
	"testing"
)

func FuzzContentDigest(f *testing.F) {
	zero := "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
	for _, header := range []string{zero, "", "sha-256=::", "sha-256=:", "sha-512=:AAAA:", zero + ", " + zero, strings.ToUpper(zero), " " + zero,
		"sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=:", "sha-256=:AAAA\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		sum, err := contentDigest(header)
		if (err == nil) != sha256Digits.MatchString(sum) {
			t.Errorf("%q: got %q, %v", header, sum, err)
		}
	})
}

func FuzzUploadHeaders(f *testing.F) {
	for _, v := range [][3]string{{"0", "issue aXNzdWU=,photo cGhvdG8=", "sha256 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, {"-0", ",", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{"+1", "a,,b", "sha256 "}, {"9223372036854775808", "issue", " "}, {" 1", "issue  aQ==", "md5 AAAA"}, {"1_0", "issue aQ==,issue YQ==", "sha256  AAAA"}, {"", "", ""}} {
		f.Add(v[0], v[1], v[2])
	}
	f.Fuzz(func(t *testing.T, count, meta, sum string) {
		digits := count != "" && strings.Trim(count, "0123456789") == ""
		want, _ := new(big.Int).SetString(count, 10)
		if n, ok := parseByteCount(count); ok != (digits && want.IsInt64()) || ok && n != want.Int64() {
			t.Errorf("%q: got %d, %t", count, n, ok)
		}
		for name, value := range metadata(meta) {
			if name == "" || strings.Contains(name, ",") || !strings.Contains(meta, name) || len(value) > len(meta) {
				t.Errorf("%q: got %q = %q", meta, name, value)
			}
		}
		if of, got, ok := checksum(sum); ok && len(got) != of().Size() {
			t.Errorf("%q: got %d bytes", sum, len(got))
		}
	})
}
