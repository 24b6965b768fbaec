// A bundle, or an update executable that holds one, opened to be looked at. Nothing of it is trusted by that.
#pragma once

#include "payload/bundle.h"
#include "updater/file_system.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep {

struct BundleFile {
    std::string path;
    std::unique_ptr<File> file;
    BundleExtent extent;
    BundleHead head;
    Signatures signatures;
};

// Throws Error (not_trusted) where the file holds no whole bundle, (wrong_usage) where there is no such file.
BundleFile open_bundle(const std::string& path);

// Whether a file is a bundle, or an update executable with one: broken ones too, and an empty file, as an
// interrupted copy leaves them.
bool may_hold_bundle(const std::string& path);
bool may_be_wrapped(const std::string& path); // the latter only

// The keys whose signatures stand in it. Throws Error (not_trusted) where one of them is wrong, or there is
// none.
std::vector<PublicKey> valid_signers(const BundleFile& bundle);

// Reads the whole payload and holds it against the manifest. Throws Error (not_trusted) naming the piece.
void require_payload(const BundleFile& bundle, const Manifest& manifest);

} // namespace lockstep
