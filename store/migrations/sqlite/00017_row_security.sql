-- +goose Up

-- SQLite knows no policies on rows: there the store's scope is the only wall
-- (docs/security.md). This file keeps both databases at the same number.
SELECT 1;
