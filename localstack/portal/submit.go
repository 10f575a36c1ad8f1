package portal

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// MaxUpload is how many octets somebody may upload at once.
const MaxUpload = 10 << 20

// application shows what there is, and lets it be submitted.
func (p *portal) application(w http.ResponseWriter, r *http.Request, a *application) error {
	x := a.shown()
	if !x.Submitted.IsZero() {
		return p.to(w, r, "/applications/"+a.id+"/receipt")
	}
	return p.show(w, r, http.StatusOK, "application", map[string]any{"Application": x, "Procedure": p.procedure(x.Chosen.Procedure)})
}

// safe is how documents are shown: what a browser could run is not among it.
var safe = map[string]string{
	"application/pdf": "application/pdf", "image/png": "image/png", "image/jpeg": "image/jpeg",
	"application/xml": "text/plain; charset=utf-8", "application/json": "text/plain; charset=utf-8", "text/plain": "text/plain; charset=utf-8",
}

// document gives one document to who applies: to look at where that is safe, to
// save otherwise.
func (p *portal) document(w http.ResponseWriter, r *http.Request, a *application) error {
	list := a.documents()
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || n < 1 || n > len(list) {
		return notFound
	}
	d := list[n-1]
	is, _, _ := mime.ParseMediaType(d.MediaType)
	show, kind := safe[is], "inline"
	if show == "" {
		show, kind = "application/octet-stream", "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", show)
	h.Set("Content-Disposition", kind+`; filename="document-`+strconv.Itoa(n)+extension(is)+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if show == "application/pdf" {
		h.Del("Content-Security-Policy") // browsers show no PDF in a sandbox
	}
	_, _ = w.Write(d.octets) // the browser is gone: nobody to tell
	return nil
}

func extension(mediaType string) string {
	return map[string]string{
		"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "application/xml": ".xml", "application/json": ".json", "text/plain": ".txt",
	}[mediaType]
}

// upload adds a document that the person has: the way without the once-only system.
func (p *portal) upload(w http.ResponseWriter, r *http.Request, a *application) error {
	r.Body = http.MaxBytesReader(w, r.Body, MaxUpload)
	file, header, err := r.FormFile("file")
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return tooLarge
	}
	if err != nil || header.Size == 0 {
		return noFile
	}
	defer file.Close()
	octets, err := io.ReadAll(file)
	if err != nil {
		return noFile
	}
	if a.shown().Submitted.IsZero() {
		p.sessions.keep(a, document{Title: title(header), MediaType: sniff(octets), Name: title(header), octets: octets})
	}
	return p.to(w, r, "/applications/"+a.id)
}

// title is the file's own name, shortened.
func title(h *multipart.FileHeader) string {
	name := []rune(path.Base(strings.ReplaceAll(h.Filename, `\`, "/")))
	return string(name[:min(len(name), 80)])
}

// sniff judges by the octets: what the browser says is not to be trusted.
func sniff(octets []byte) string {
	is, _, err := mime.ParseMediaType(http.DetectContentType(octets))
	if err != nil || safe[is] == "" {
		return "application/octet-stream"
	}
	return is
}

// submit hands the application in, once.
func (p *portal) submit(w http.ResponseWriter, r *http.Request, a *application) error {
	if len(a.documents()) == 0 {
		return p.to(w, r, "/applications/"+a.id)
	}
	a.change(func() {
		if a.submitted.IsZero() {
			a.submitted = p.Now()
		}
	})
	return p.to(w, r, "/applications/"+a.id+"/receipt")
}

// receipt says that it was handed in.
func (p *portal) receipt(w http.ResponseWriter, r *http.Request, a *application) error {
	x := a.shown()
	if x.Submitted.IsZero() {
		return p.to(w, r, "/applications/"+a.id)
	}
	return p.show(w, r, http.StatusOK, "receipt", map[string]any{"Application": x, "Procedure": p.procedure(x.Chosen.Procedure), "Number": strings.ToUpper(x.ID[:8])})
}

// feedback asks how it went (Regulation 2018/1724 article 25).
func (p *portal) feedback(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, http.StatusOK, "feedback", map[string]any{"Marks": []string{"5", "4", "3", "2", "1"}})
}

// thank takes the mark, and nothing about who gave it.
func (p *portal) thank(w http.ResponseWriter, r *http.Request) error {
	mark, err := strconv.Atoi(r.PostFormValue("mark"))
	if err != nil || mark < 1 || mark > 5 {
		return badForm
	}
	slog.LogAttrs(r.Context(), slog.LevelInfo, "feedback", slog.Int("mark", mark))
	return p.show(w, r, http.StatusOK, "thanks", map[string]any{})
}
