#include "updater/bundle_folder.h"

#include "payload/digest.h"
#include "payload/version.h"
#include "updater/bundle_choice.h"
#include "updater/trust_store.h"

#include <algorithm>

namespace lockstep {
namespace {

void require_folder(const FileSystem& files, const std::string& folder) {
    if (files.status(files.real_path(folder))->kind != FileKind::folder)
        throw Error(Code::wrong_usage, "look for bundles in", folder, "it is not a folder");
}

// One that isn't trusted, or can't be read: no reason not to apply another.
bool concerns_one_file(Code code) {
    return code == Code::not_trusted || code == Code::no_room_or_right || code == Code::internal_error;
}

// Applied or held here before: that it expired since, or that its keys were replaced, is no news.
bool was_here(Ledger* ledger, const std::string& manifest_sha256) {
    if (!ledger) return false;
    if (ledger->held(manifest_sha256)) return true;
    return std::ranges::any_of(ledger->transactions(), [&](const TransactionRecord& record) {
        return record.state == State::committed && record.manifest_sha256 == manifest_sha256;
    });
}

class Search {
  public:
    // With nobody to trust every bundle would be passed over, as if there were none: then this throws.
    Search(Session& session, const std::string& folder)
        : session_(session),
          trust_(trust_for(session.files(), session.layout(), session.request(), {}, false, folder)) {
        trust_.product.clear(); // of another product's bundle, that is all there is to say
    }

    void look_at(const std::string& path) {
        const bool is_called_so = path.ends_with(".bundle");
        bool is_empty = false;
        bool no_news = false;
        try {
            const auto file = session_.files().open(path);
            is_empty = file->size() == 0;
            const auto extent = find_bundle(*file, path);
            if (!extent && !is_called_so) return;
            if (!extent) throw not_a_bundle(path);
            no_news = was_here(session_.ledger(), sha256(read_head(*file, *extent, path).manifest));
            judge_one(verify_bundle(*file, *extent, trust_, path), path);
        } catch (const Error& error) {
            if (!concerns_one_file(error.code())) throw;
            const bool is_one = is_called_so || (error.code() == Code::not_trusted && !is_empty);
            if (is_one && !no_news)
                found_.refused.push_back(error);
            else
                found_.passed_over.emplace_back(error.what());
        }
    }

    FolderOfBundles found() {
        std::ranges::sort(fitting_, [](const auto& left, const auto& right) {
            const auto order = compare_versions(left.first, right.first);
            return order != 0 ? order > 0 : left.second < right.second;
        });
        for (const auto& [version, path] : fitting_) found_.paths.push_back(path);
        return std::move(found_);
    }

  private:
    void judge_one(const VerifiedBundle& bundle, const std::string& path) {
        const auto held = session_.ledger() ? session_.ledger()->held(bundle.manifest_sha256) : std::nullopt;
        if (held)
            return found_.passed_over.push_back(path + " was passed over: " + *held +
                                                ". Name it with --bundle to try it again.");
        if (const auto why = not_meant_for_here(session_, bundle.manifest))
            return found_.passed_over.push_back(path + " was passed over: " + *why + ".");
        require_usable(bundle.manifest, path);
        fitting_.emplace_back(bundle.manifest.version, path);
    }

    Session& session_;
    Trust trust_;
    FolderOfBundles found_;
    std::vector<std::pair<std::string, std::string>> fitting_; // version, path
};

} // namespace

FolderOfBundles bundles_in(Session& session, const std::string& folder) {
    require_folder(session.files(), folder);
    Search search(session, folder);
    for (const std::string& name : session.files().names_in(folder)) {
        const std::string path = joined(folder, name);
        const auto status = session.files().status(path);
        if (status && status->kind == FileKind::file) search.look_at(path);
    }
    return search.found();
}

Error all_refused(const std::string& folder, const std::vector<Error>& refused) {
    std::string causes;
    for (const Error& error : refused) causes += std::string("\n  ") + error.what();
    const Error error(Code::not_trusted, "find a bundle to apply in", folder,
                      "what is there can't be accepted:" + causes);
    return refused.size() == 1 ? Error(error).advise(refused.front().advice()) : error;
}

} // namespace lockstep
