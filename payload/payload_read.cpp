// Unpacking the archive of blobs.
#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/verified_pieces.h"
#include "payload/zstd_frame.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <exception>

namespace lockstep {
namespace {

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

[[noreturn]] void refuse(const VerifiedBundle& bundle, const std::string& why) {
    throw Error(Code::not_trusted, "unpack", bundle.subject, why);
}

// The archive, as libarchive reads it. An error waits here until it can be thrown past C.
class Archive {
  public:
    explicit Archive(const VerifiedBundle& bundle)
        : pieces_(bundle, 0, bundle.manifest.archive_size),
          content_([this] { return pieces_.next(); }, bundle.subject) {}

    la_ssize_t next(const void** data) noexcept {
        try {
            const Bytes bytes = content_.next();
            *data = bytes.data();
            return static_cast<la_ssize_t>(bytes.size());
        } catch (...) {
            failure_ = std::current_exception();
            return -1;
        }
    }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    VerifiedPieces pieces_;
    ZstdFrame content_;
    std::exception_ptr failure_;
};

la_ssize_t on_read(archive* reader, void* source, const void** data) {
    const la_ssize_t size = static_cast<Archive*>(source)->next(data);
    if (size < 0) archive_set_error(reader, EIO, "the payload can't be read");
    return size;
}

// Every blob that the manifest names, with its size: an archive with any other entry wasn't made by `lockstep
// build`, and both the number of its entries and what they expand to are bounded.
std::map<std::string_view, std::uint64_t> named_blobs(const Manifest& manifest) {
    std::map<std::string_view, std::uint64_t> sizes;
    const auto add_files = [&](const std::vector<FileEntry>& files) {
        for (const FileEntry& file : files) sizes.emplace(file.sha256, file.size);
    };
    const auto add_script = [&](const Script& script) { sizes.emplace(script.sha256, script.size); };
    add_files(manifest.target.files);
    add_files(manifest.defaults);
    for (const Revision& revision : manifest.from) add_files(revision.files);
    if (!manifest.gate_sha256.empty()) sizes.emplace(manifest.gate_sha256, manifest.gate_size);
    const auto add_migration = [&](const Migration& migration) {
        for (const Step& step : migration.steps)
            if (step.script) add_script(*step.script);
        for (const Script& script : migration.reverts) add_script(script);
        if (migration.checks) add_script(*migration.checks);
    };
    for (const Migration& migration : manifest.migrations) add_migration(migration);
    if (manifest.init) add_migration(*manifest.init);
    return sizes;
}

class Unpacking {
  public:
    Unpacking(const VerifiedBundle& bundle, const std::map<std::string, std::uint64_t>& wanted_sizes)
        : bundle_(bundle), wanted_(wanted_sizes), source_(bundle), unseen_(named_blobs(bundle.manifest)),
          reader_(archive_read_new(), &archive_read_free) {
        archive* raw = reader_.get();
        require(raw != nullptr && archive_read_support_format_tar(raw) == ARCHIVE_OK &&
                archive_read_open(raw, &source_, nullptr, &on_read, nullptr) == ARCHIVE_OK);
    }

    void run(const std::function<ByteSink(const std::string&)>& open,
             const std::function<void(const std::string&)>& close) {
        std::size_t missing = wanted_.size();
        archive_entry* entry = nullptr;
        while (missing > 0 && next_header(entry)) {
            const std::string hash = hash_of(entry);
            const auto wanted = wanted_.find(hash);
            if (wanted == wanted_.end()) continue; // libarchive passes over its data
            require_size(entry, hash, wanted->second);
            unpack_one(*wanted, open(hash));
            close(hash);
            --missing;
        }
        if (missing > 0)
            refuse(bundle_, "its payload lacks " + std::to_string(missing) + " of the files that it needs");
    }

  private:
    void require(bool good) const {
        if (good) return;
        source_.rethrow();
        const char* cause = reader_ ? archive_error_string(reader_.get()) : nullptr;
        refuse(bundle_, cause != nullptr ? cause : "libarchive refused");
    }

    bool next_header(archive_entry*& entry) const {
        const int result = archive_read_next_header(reader_.get(), &entry);
        require(result == ARCHIVE_OK || result == ARCHIVE_EOF);
        return result == ARCHIVE_OK;
    }

    // "blobs/<hash>", a regular file and no link, once each.
    std::string hash_of(archive_entry* entry) {
        const char* path = archive_entry_pathname(entry);
        const std::string_view name = path != nullptr ? path : "";
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr ||
            archive_entry_symlink(entry) != nullptr || !archive_entry_size_is_set(entry) ||
            archive_entry_size(entry) < 0 || !name.starts_with("blobs/"))
            refuse(bundle_, "its payload has an entry that is no blob, '" + std::string(name) + "'");
        std::string hash(name.substr(6));
        const auto named = unseen_.find(hash);
        if (named == unseen_.end())
            refuse(bundle_,
                   "its payload has a blob that the manifest doesn't name, or has it twice: '" + hash + "'");
        require_size(entry, hash, named->second);
        unseen_.erase(named);
        return hash;
    }

    void require_size(archive_entry* entry, const std::string& hash, std::uint64_t size) const {
        if (static_cast<std::uint64_t>(archive_entry_size(entry)) != size)
            refuse(bundle_, "the blob " + hash + " in its payload has not the size that is expected");
    }

    void unpack_one(const std::pair<const std::string, std::uint64_t>& blob, const ByteSink& sink) const {
        Sha256 digest;
        std::vector<std::byte> buffer(64 << 10);
        for (std::uint64_t left = blob.second;;) {
            const la_ssize_t count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
            require(count >= 0);
            if (count == 0 && left == 0) break;
            const auto size = static_cast<std::size_t>(count);
            if (count == 0 || size > left)
                refuse(bundle_, "the blob " + blob.first + " in its payload was cut off");
            const Bytes bytes(buffer.data(), size);
            digest.update(bytes);
            sink(bytes);
            left -= size;
        }
        if (digest.finish() != blob.first)
            refuse(bundle_, "the blob " + blob.first + " in its payload is a wrong one");
    }

    const VerifiedBundle& bundle_;
    const std::map<std::string, std::uint64_t>& wanted_;
    Archive source_;
    std::map<std::string_view, std::uint64_t> unseen_;
    Reader reader_;
};

} // namespace

void unpack_blobs(const VerifiedBundle& bundle, const std::map<std::string, std::uint64_t>& wanted_sizes,
                  const std::function<ByteSink(const std::string& sha256)>& open,
                  const std::function<void(const std::string& sha256)>& close) {
    if (!wanted_sizes.empty()) Unpacking(bundle, wanted_sizes).run(open, close);
}

std::map<std::string, std::string> unpack_texts(const VerifiedBundle& bundle,
                                                const std::vector<Script>& scripts) {
    std::map<std::string, std::uint64_t> wanted;
    for (const Script& script : scripts) wanted.emplace(script.sha256, script.size);
    std::map<std::string, std::string> texts;
    const auto open = [&](const std::string& hash) -> ByteSink {
        return [&text = texts[hash]](Bytes bytes) { text += text_of(bytes); };
    };
    unpack_blobs(bundle, wanted, open, [](const std::string&) {});
    return texts;
}

std::string unpack_text(const VerifiedBundle& bundle, const Script& script) {
    return unpack_texts(bundle, {script}).at(script.sha256);
}

} // namespace lockstep
