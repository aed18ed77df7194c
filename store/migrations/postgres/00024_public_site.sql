-- +goose Up

-- The public list, dashboard and feeds read the codes of what is published:
-- they stand beside it and leave with it. Seq orders the changes.
ALTER TABLE public_incidents ADD COLUMN facts TEXT COLLATE "C";
ALTER TABLE public_incidents ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
CREATE INDEX idx_public_incidents_seq ON public_incidents (seq);

-- One row: how many changes of what is published there were, and how often a
-- line left without a tombstone. Every server looks here before it answers.
CREATE TABLE public_state (
    one BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    CONSTRAINT pk_public_state PRIMARY KEY (one),
    CONSTRAINT ck_public_state_one CHECK (one = 1)
);
INSERT INTO public_state (one, seq, removed) VALUES (1, 0, 0);
