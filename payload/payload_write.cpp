#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/error.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <exception>
#include <thread>
#include <tuple>

namespace lockstep {
namespace {

using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

constexpr int best_level = 19; // beyond it zstd's window, and the memory to unpack, passes 8 MiB

// Hashes each 1 MiB of what goes on to the sink. An error of the sink waits here until it can be thrown past
// C; nothing goes on after it.
class PieceHasher {
  public:
    explicit PieceHasher(const ByteSink& sink) : sink_(sink) {}

    void take(Bytes bytes) noexcept {
        if (stopped_) return;
        try {
            sink_(bytes);
            hash(bytes);
        } catch (...) {
            failure_ = std::current_exception();
            stopped_ = true;
        }
    }
    void stop() { stopped_ = true; }
    void go_on() { stopped_ = failure_ != nullptr; }
    std::uint64_t size() const { return summary_.size; }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }
    PayloadSummary finish() {
        if (in_piece_ > 0) end_piece();
        return std::move(summary_);
    }

  private:
    void hash(Bytes bytes) {
        summary_.size += bytes.size();
        while (!bytes.empty()) {
            const std::size_t count = std::min<std::size_t>(bytes.size(), payload_piece - in_piece_);
            piece_.update(bytes.first(count));
            in_piece_ += count;
            if (in_piece_ == payload_piece) end_piece();
            bytes = bytes.subspan(count);
        }
    }
    void end_piece() {
        summary_.pieces.push_back(piece_.finish());
        piece_ = Sha256();
        in_piece_ = 0;
    }

    const ByteSink& sink_;
    PayloadSummary summary_;
    Sha256 piece_;
    std::size_t in_piece_ = 0;
    std::exception_ptr failure_;
    bool stopped_ = false;
};

// libarchive writes the end of an archive when it is freed: after an error nothing may follow, so the sink is
// cut off first. (archive_write_fail() would do that too, but then libarchive leaks its buffer.)
struct FreeWriter {
    PieceHasher* hasher;
    void operator()(archive* writer) const {
        hasher->stop();
        archive_write_free(writer);
    }
};
using Writer = std::unique_ptr<archive, FreeWriter>;

la_ssize_t on_write(archive* /*writer*/, void* hasher, const void* data, std::size_t size) {
    static_cast<PieceHasher*>(hasher)->take({static_cast<const std::byte*>(data), size});
    return static_cast<la_ssize_t>(size); // a failure is told by require()
}

void require(const Writer& writer, const PieceHasher& hasher, bool good) {
    hasher.rethrow();
    if (good) return;
    const char* cause = archive_error_string(writer.get());
    throw Error(Code::internal_error, "write", "the payload",
                cause != nullptr ? cause : "libarchive refused");
}

Writer opened_writer(PieceHasher& hasher, int level) {
    Writer writer(archive_write_new(), FreeWriter{&hasher});
    if (!writer) throw Error(Code::internal_error, "write", "the payload", "out of memory");
    archive* raw = writer.get();
    const std::string level_text = std::to_string(level);
    // The same bytes for any number of threads, but for none.
    const std::string threads = std::to_string(std::max(1U, std::thread::hardware_concurrency()));
    require(writer, hasher,
            archive_write_set_format_pax_restricted(raw) == ARCHIVE_OK &&
                archive_write_add_filter_zstd(raw) == ARCHIVE_OK &&
                archive_write_set_filter_option(raw, "zstd", "compression-level", level_text.c_str()) ==
                    ARCHIVE_OK &&
                archive_write_set_filter_option(raw, "zstd", "threads", threads.c_str()) == ARCHIVE_OK &&
                archive_write_set_bytes_per_block(raw, 0) == ARCHIVE_OK && // no padding after the zstd frame
                archive_write_open2(raw, &hasher, nullptr, &on_write, nullptr, nullptr) == ARCHIVE_OK);
    return writer;
}

// Nothing of the machine that packs: no time, no owner.
Entry entry_for(const BlobSource& blob) {
    Entry entry(archive_entry_new(), &archive_entry_free);
    if (!entry) throw Error(Code::internal_error, "write", "the payload", "out of memory");
    archive_entry_set_pathname(entry.get(), ("blobs/" + blob.sha256).c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(blob.size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), 0, 0);
    return entry;
}

void write_blob(const Writer& writer, const PieceHasher& hasher, const BlobSource& blob) {
    require(writer, hasher, archive_write_header(writer.get(), entry_for(blob).get()) == ARCHIVE_OK);
    Sha256 digest;
    std::uint64_t size = 0;
    blob.read([&](Bytes bytes) {
        digest.update(bytes);
        size += bytes.size();
        if (size > blob.size) return; // reported below
        require(writer, hasher,
                archive_write_data(writer.get(), bytes.data(), bytes.size()) ==
                    static_cast<la_ssize_t>(bytes.size()));
    });
    if (size != blob.size || digest.finish() != blob.sha256)
        throw Error(Code::wrong_usage, "pack", blob.hint, "it changed while the bundle was made");
    require(writer, hasher, archive_write_finish_entry(writer.get()) == ARCHIVE_OK);
}

// Files of a kind, then of a name, sit side by side, where they compress best.
auto order_of(const BlobSource& blob) {
    const std::string_view path = blob.hint;
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    return std::tuple(dot == std::string_view::npos ? std::string_view() : name.substr(dot), name, path,
                      std::string_view(blob.sha256));
}

void sort_and_deduplicate(std::vector<BlobSource>& blobs) {
    std::ranges::sort(blobs,
                      [](const BlobSource& a, const BlobSource& b) { return order_of(a) < order_of(b); });
    std::set<std::string> seen;
    std::erase_if(blobs, [&](const BlobSource& blob) { return !seen.insert(blob.sha256).second; });
}

} // namespace

namespace {

void write_archive(const std::vector<BlobSource>& blobs, int level, PieceHasher& hasher) {
    const Writer writer = opened_writer(hasher, level);
    for (const BlobSource& blob : blobs) write_blob(writer, hasher, blob);
    require(writer, hasher, archive_write_close(writer.get()) == ARCHIVE_OK);
}

} // namespace

PayloadSummary write_payload(std::vector<BlobSource> blobs, const std::vector<std::string>& delta_frames,
                             int level, const ByteSink& sink) {
    if (level < 1 || level > best_level)
        throw Error(Code::wrong_usage, "write", "the payload", "its compression level must be from 1 to 19");
    sort_and_deduplicate(blobs);
    PieceHasher hasher(sink);
    write_archive(blobs, level, hasher);
    const std::uint64_t archive_size = hasher.size();
    hasher.go_on();
    for (const std::string& frame : delta_frames) hasher.take(bytes_of(frame));
    hasher.rethrow();
    PayloadSummary summary = hasher.finish();
    summary.archive_size = archive_size;
    return summary;
}

} // namespace lockstep
