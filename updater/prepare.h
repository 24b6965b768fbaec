// `update prepare`: a release's prepare.sql, run before the update, while the application is in use. It reads
// the live databases and writes to .lockstep/prepared/; nothing of the installation changes. Its result is a
// hint, by the hash of the manifest that it was made for: the update works on a copy of it, is verified as
// every update is, and is the same where there is none.
#pragma once

#include "payload/bundle.h"
#include "updater/layout.h"
#include "updater/plan.h"
#include "updater/session.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

// The script that can prepare this plan; nullptr where there is none. Only the first migration's: a later
// one's reads tables that aren't there yet.
const Script* preparation_of(const Plan& plan);

// Whether one of them, be it a later one, reads `prepared`.
bool needs_prepared(const std::vector<const Migration*>& migrations);

// Returns how many rows were prepared now. Throws what run_preparation() throws, no_room_or_right, cancelled;
// what was prepared so far stays, and the next run goes on from there.
std::int64_t prepare(Session& session, const VerifiedBundle& bundle, const Plan& plan);

// Puts what was prepared for that manifest where the update's scripts find it: Layout::prepared_copy(). An
// empty database where nothing was, or where it is damaged, which is noted.
void bring_prepared(Session& session, const std::string& manifest_sha256);

// When an update is committed, nobody needs it again.
void forget_prepared(FileSystem& files, const Layout& layout);

} // namespace lockstep
