#include "updater/trust_store.h"

#include "payload/distinct_keys.h"
#include "payload/language.h"

namespace lockstep {
namespace {

constexpr std::uint64_t trust_limit = 1 << 20; // bytes

std::string staged(const std::string& folder) {
    return folder + "/trust.json";
}

// A key that is given twice counts once: what is pinned is read by rules that refuse the second.
Trust trust_in_given(const std::vector<PublicKey>& given) {
    std::vector<PublicKey> keys = each_once(given);
    if (keys.size() > trusted_keys_limit)
        throw Error(Code::wrong_usage, "trust", "the keys of --trust",
                    "there are more than " + std::to_string(trusted_keys_limit));
    return {{}, 1, 1, std::move(keys)};
}

} // namespace

std::optional<Trust> pinned_trust(const FileSystem& files, const Layout& layout) {
    if (!files.status(layout.trust())) return std::nullopt;
    return parse_trust(read_text(files, layout.trust(), trust_limit));
}

Trust trust_for(const FileSystem& files, const Layout& layout, const Request& request,
                const BundleExtent& extent, bool own_bundle, const std::string& subject) {
    if (auto pinned = pinned_trust(files, layout)) return *pinned;
    if (!request.trust.empty()) return trust_in_given(request.trust);
    if (own_bundle && !extent.carried_keys.empty())
        return {{}, 1, extent.carried_threshold, extent.carried_keys};
    throw Error(Code::not_trusted, "trust the bundle", subject,
                "nothing here says whose signature to accept: this installation has not been updated before")
        .advise(say(Message::name_the_key));
}

void stage_trust(FileSystem& files, const std::string& work, const Trust& trust) {
    const std::string document = write_trust(trust);
    static_cast<void>(parse_trust(document)); // pinned as one that can't be read, it would end every update
    write_durably(files, staged(work), document, 0644);
}

void pin_staged_trust(FileSystem& files, const Layout& layout, const std::string& kept) {
    if (!files.status(staged(kept))) return;
    files.make_folders(layout.trust_folder(), 0755);
    write_durably(files, layout.trust(), read_text(files, staged(kept), trust_limit), 0644);
}

} // namespace lockstep
