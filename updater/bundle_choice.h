// Opening the bundle to apply: the update executable's own, the one of --bundle, or one of --from.
#pragma once

#include "payload/bundle.h"
#include "updater/session.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// A bundle whose signatures were verified and that was judged acceptable here. Owns the open file.
struct ChosenBundle {
    std::unique_ptr<File> file;
    VerifiedBundle bundle;
};

// Throws Error (not_trusted): not a bundle, signature, key, product, expiry, below the floor, needs a newer
// engine.
ChosenBundle open_bundle(Session& session, const std::string& path, bool own_bundle);

// What open_bundle() asks of a bundle beside its signatures.
Error not_a_bundle(const std::string& path);
// Another product's, or below the floor: there is nothing wrong with it, and nothing to do with it here.
std::optional<std::string> not_meant_for_here(Session& session, const Manifest& manifest);
// Throws Error (not_trusted) where it has expired, or needs a newer engine.
void require_usable(const Manifest& manifest, const std::string& path);

} // namespace lockstep
