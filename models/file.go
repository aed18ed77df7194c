package models

import "time"

// Limits of evidence files.
const (
	MaxFiles     = 200      // of one record
	MaxFileBytes = 50 << 20 // of one file
	MaxPart      = 4 << 20  // of an upload, at once
	UploadLife   = 24 * time.Hour
)

// File is a piece of evidence that is held with a record. Its original is never
// changed.
type File struct {
	ID        string
	Name      string // protected; empty when deleted
	SHA256    string // of the original; protected; empty when deleted
	MediaType string
	Bytes     int64
	Graphic   bool
	HasView   bool
	AddedBy   string // user name
	At        time.Time
	DeletedAt *time.Time
	Reason    *string // of the deletion; protected
	// Blob, View and Key lead to the stored bytes.
	Blob, View, Key string
	ViewType        string
}

// Custody is one thing that somebody did with a file.
type Custody struct {
	Position int
	User     *string // user name; nil for the program itself
	Action   string
	At       time.Time
}

// Actions of the custody log.
const (
	CustodyReceived   = "received"
	CustodyViewed     = "viewed"
	CustodyDownloaded = "downloaded"
	CustodyMarked     = "marked"
	CustodyDeleted    = "deleted"
	CustodyErased     = "erased"
)

// Upload is a file on its way.
type Upload struct {
	ID       string
	Incident string // ref
	Name     string // protected
	Bytes    int64
	Received int64
	Graphic  bool
}
