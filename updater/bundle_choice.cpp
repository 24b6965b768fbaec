#include "updater/bundle_choice.h"

#include "payload/language.h"
#include "payload/version.h"
#include "updater/process.h"
#include "updater/trust_store.h"

#include <algorithm>

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

void judge(Session& session, const Manifest& manifest, const std::string& path) {
    const auto installed = session.ledger() ? session.ledger()->installed() : std::nullopt;
    if (installed && installed->product != manifest.product)
        throw not_trusted(path, "it is for " + manifest.product + ", and " + installed->product +
                                    " is installed here");
    // Both are RFC 3339 in UTC, so that their texts are in order of time.
    if (manifest.expires && *manifest.expires < utc_now())
        throw not_trusted(path, "it expired on " + *manifest.expires)
            .advise(say(Message::get_a_newer_bundle));
    if (compare_versions(manifest.minimum_engine, LOCKSTEP_ENGINE_VERSION) > 0)
        throw not_trusted(path, "it needs an updater of version " + manifest.minimum_engine +
                                    ", and this one is " + LOCKSTEP_ENGINE_VERSION)
            .advise(say(Message::get_a_newer_updater));
    const std::string floor = session.ledger() ? session.ledger()->floor() : std::string();
    if (!floor.empty() && compare_versions(manifest.version, floor) < 0)
        throw not_trusted(path, "its version " + manifest.version + " is older than " + floor +
                                    ", the oldest that is accepted here since the last update");
}

void require_folder(const FileSystem& files, const std::string& folder) {
    if (files.status(files.real_path(folder))->kind != FileKind::folder)
        throw Error(Code::wrong_usage, "look for bundles in", folder, "it is not a folder");
}

// One that isn't trusted, or can't be read: no reason not to apply another.
bool concerns_one_file(Code code) {
    return code == Code::not_trusted || code == Code::no_room_or_right || code == Code::internal_error;
}

} // namespace

ChosenBundle open_bundle(Session& session, const std::string& path, bool own_bundle) {
    ChosenBundle chosen;
    chosen.file = open_file(session.files(), path);
    const auto extent = find_bundle(*chosen.file, path);
    if (!extent && own_bundle) throw no_own_bundle(path);
    if (!extent) throw not_trusted(path, "it is not a bundle");
    const Trust trust =
        trust_for(session.files(), session.layout(), session.request(), *extent, own_bundle, path);
    chosen.bundle = verify_bundle(*chosen.file, *extent, trust, path);
    judge(session, chosen.bundle.manifest, path);
    return chosen;
}

std::vector<std::string> candidates_in(Session& session, const std::string& folder,
                                       std::vector<std::string>& passed_over) {
    require_folder(session.files(), folder);
    // With nobody to trust every bundle would be passed over, as if there were none.
    trust_for(session.files(), session.layout(), session.request(), {}, false, folder);
    std::vector<std::pair<std::string, std::string>> found; // version, path
    for (const std::string& name : session.files().names_in(folder)) {
        const std::string path = joined(folder, name);
        const auto status = session.files().status(path);
        if (!status || status->kind != FileKind::file) continue;
        try {
            if (!find_bundle(*session.files().open(path), path)) continue;
            const ChosenBundle chosen = open_bundle(session, path, false);
            const auto held =
                session.ledger() ? session.ledger()->held(chosen.bundle.manifest_sha256) : std::nullopt;
            if (held)
                passed_over.push_back(path + " was passed over: " + *held +
                                      ". Name it with --bundle to try it again.");
            else
                found.emplace_back(chosen.bundle.manifest.version, path);
        } catch (const Error& error) {
            if (!concerns_one_file(error.code())) throw;
            passed_over.push_back(error.what());
        }
    }
    std::ranges::sort(found, [](const auto& left, const auto& right) {
        const auto order = compare_versions(left.first, right.first);
        return order != 0 ? order > 0 : left.second < right.second;
    });
    std::vector<std::string> paths;
    paths.reserve(found.size());
    for (const auto& [version, path] : found) paths.push_back(path);
    return paths;
}

} // namespace lockstep
