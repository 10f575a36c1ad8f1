package embedded

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// What finds its rows by an index costs the same in a full store as in an empty
// one. Counting a queue is not among them, and says so.
func TestEveryStatementOfDailyWorkFindsItsRowsByAnIndex(t *testing.T) {
	t.Parallel()
	db, err := openDB(filepath.Join(t.TempDir(), "x.db"), "_txlock=immediate", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		loadRecord, dueRecords, createRecord, updateRecord, deleteRecord, sweepRecords,
		orderCommand, clearCommand, unclearedCommand,
		completeItem, readyMessages, holdMessage, buryMessage, extendMessage, redriveMessage,
		"delete from goqite where queue = ? and id = ?", // goqite's own
	} {
		for _, step := range plan(t, db, query) {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s\n%s", query, step)
			}
		}
	}
}

func plan(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	args := make([]any, strings.Count(query, "?"))
	for n := range args {
		if strings.Contains(query, "?1") && !strings.Contains(query, "?"+string(rune('1'+n))) {
			args = args[:n]
			break
		}
	}
	rows, err := db.Query("explain query plan "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	steps, err := collect(rows, func(rows *sql.Rows) (string, error) {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		return step, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}
