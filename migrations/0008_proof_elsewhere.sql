-- The letter by which the owner of a lost factor is told: the day begins when the mail server took it.
alter table factor_resets add column letter uuid;

-- The page of ours for which somebody proves at the vendor's provider, in a running session, that they are still there.
alter table upstream_attempts add column back text;

-- A server of the schema before works beside one of this: it begins the day with the posting of the letter.
update schema_state set version = 8;
