// Whom this installation trusts: the pinned document, once there is one (DESIGN.md section 5, "Trust").
#pragma once

#include "payload/bundle.h"
#include "payload/trust.h"
#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/request.h"

#include <optional>

namespace lockstep {

// Nothing before the first update. A damaged document is refused (not_trusted), never ignored.
std::optional<Trust> pinned_trust(const FileSystem& files, const Layout& layout);

// The pinned document decides; without one, --trust; without that, and for the update executable's own bundle
// only, the keys that the executable carries. Throws Error (not_trusted) where there is none of these.
Trust trust_for(const FileSystem& files, const Layout& layout, const Request& request,
                const BundleExtent& extent, bool own_bundle, const std::string& subject);

// In the work area, to be pinned by retire() once the transaction is committed.
void stage_trust(FileSystem& files, const std::string& work, const Trust& trust);
void pin_staged_trust(FileSystem& files, const Layout& layout, const std::string& kept);

} // namespace lockstep
