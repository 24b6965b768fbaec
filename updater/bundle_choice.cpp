#include "updater/bundle_choice.h"

#include "payload/language.h"
#include "payload/version.h"
#include "updater/process.h"
#include "updater/trust_store.h"

namespace lockstep {
namespace {

Error not_trusted(const std::string& subject, const std::string& cause) {
    return {Code::not_trusted, "accept the bundle", subject, cause};
}

Error no_own_bundle(const std::string& executable) {
    return not_trusted(executable, "this update executable holds no bundle, or was cut off")
        .advise(say(Message::name_a_bundle));
}

std::unique_ptr<File> open_file(const FileSystem& files, const std::string& path) {
    const std::string real = files.real_path(path);
    if (files.status(real)->kind != FileKind::file) throw not_trusted(path, "it is not a file");
    return files.open(real);
}

} // namespace

ChosenBundle open_bundle(Session& session, const std::string& path, bool own_bundle) {
    ChosenBundle chosen;
    chosen.file = open_file(session.files(), path);
    const auto extent = find_bundle(*chosen.file, path);
    if (!extent && own_bundle) throw no_own_bundle(path);
    if (!extent) throw not_a_bundle(path);
    const Trust trust =
        trust_for(session.files(), session.layout(), session.request(), *extent, own_bundle, path);
    chosen.bundle = verify_bundle(*chosen.file, *extent, trust, path);
    if (const auto why = not_meant_for_here(session, chosen.bundle.manifest)) throw not_trusted(path, *why);
    require_usable(chosen.bundle.manifest, path);
    return chosen;
}

Error not_a_bundle(const std::string& path) {
    return not_trusted(path, "it is not a bundle");
}

std::optional<std::string> not_meant_for_here(Session& session, const Manifest& manifest) {
    const auto installed = session.ledger() ? session.ledger()->installed() : std::nullopt;
    if (installed && installed->product != manifest.product)
        return "it is for " + manifest.product + ", and " + installed->product + " is installed here";
    const std::string floor = session.ledger() ? session.ledger()->floor() : std::string();
    if (!floor.empty() && compare_versions(manifest.version, floor) < 0)
        return "its version " + manifest.version + " is older than " + floor +
               ", the oldest that is accepted here since the last update";
    return std::nullopt;
}

void require_usable(const Manifest& manifest, const std::string& path) {
    // Both are RFC 3339 in UTC, so that their texts are in order of time.
    if (manifest.expires && *manifest.expires < utc_now())
        throw not_trusted(path, "it expired on " + *manifest.expires)
            .advise(say(Message::get_a_newer_bundle));
    if (compare_versions(manifest.minimum_engine, LOCKSTEP_ENGINE_VERSION) > 0)
        throw not_trusted(path, "it needs an updater of version " + manifest.minimum_engine +
                                    ", and this one is " + LOCKSTEP_ENGINE_VERSION)
            .advise(say(Message::get_a_newer_updater));
}

} // namespace lockstep
