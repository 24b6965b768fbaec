#include "packaging/durable_output.h"
#include "packaging/make_bundle.h"
#include "packaging/make_deltas.h"
#include "packaging/trust_documents.h"
#include "payload/bundle.h"
#include "payload/delta.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/manifest_pack.h"

#include <map>
#include <set>

namespace lockstep {
namespace {

class Blobs {
  public:
    void add(const std::string& hash, std::uint64_t size, const std::string& hint, const std::string& path) {
        blobs_.try_emplace(hash, BlobSource{hash, size, hint, reader(path, hash, size)});
    }

    std::vector<BlobSource> list() const {
        std::vector<BlobSource> all;
        for (const auto& [hash, blob] : blobs_) all.push_back(blob);
        return all;
    }

  private:
    // The file may have changed since it was listed; a blob under a wrong name would be refused by every
    // laptop.
    static std::function<void(const ByteSink&)> reader(const std::string& path, const std::string& hash,
                                                       std::uint64_t size) {
        return [path, hash, size](const ByteSink& sink) {
            const auto file = system_files().open(path);
            Sha256 digest;
            if (file->size() == size)
                copy_bytes(*file, 0, size, [&](Bytes bytes) {
                    digest.update(bytes);
                    sink(bytes);
                });
            if (file->size() != size || digest.finish() != hash)
                throw Error(Code::wrong_usage, "pack", path, "it changed while the bundle was being made");
        };
    }

    std::map<std::string, BlobSource> blobs_;
};

Blobs blobs_of(const Release& release, const Manifest& manifest, const std::string& gate) {
    Blobs blobs;
    const std::set<std::string> whole = whole_contents(manifest);
    const auto add = [&](const FileEntry& entry) {
        blobs.add(entry.sha256, entry.size, entry.path, joined(release.code, entry.path));
    };
    for (const FileEntry& entry : manifest.target.files)
        if (whole.contains(entry.sha256)) add(entry);
    for (const FileEntry& entry : manifest.defaults) add(entry);
    for (const auto& [name, source] : read_migrations(release).sources)
        if (!name.ends_with(".run.toml")) blobs.add(source.sha256, source.size, name, source.path);
    if (!manifest.gate_sha256.empty())
        blobs.add(manifest.gate_sha256, system_files().open(gate)->size(), "gate", gate);
    return blobs;
}

std::uint64_t size_of(const Revision& revision) {
    std::uint64_t size = 0;
    for (const FileEntry& entry : revision.files) size += entry.size;
    return size;
}

Signatures sign_manifest(const std::string& manifest, const std::vector<PrivateKey>& keys,
                         const Release& release) {
    Signatures signatures;
    for (const PrivateKey& key : keys)
        signatures.signatures.push_back({key.public_key().base64(), key.sign(bytes_of(manifest))});
    signatures.trust_chain = read_trust_chain(release);
    return signatures;
}

} // namespace

void write_bundle(const Release& release, Manifest manifest, const std::vector<PrivateKey>& keys,
                  const std::string& out, const Packing& packing, const std::string& gate) {
    Deltas deltas;
    manifest.whole_files = packing.whole_files || manifest.set_aside_local_changes ||
                           (packing.small_trees_whole && size_of(manifest.target) <= small_tree);
    if (packing.delta_level > 0 && !manifest.whole_files)
        deltas = make_deltas(release, manifest, packing.delta_level, packing.progress);
    manifest.deltas = deltas.frames;
    TemporaryFile payload(out + ".payload", 0600);
    const PayloadSummary summary =
        write_payload(blobs_of(release, manifest, gate).list(), deltas.content, packing.level,
                      [&](Bytes bytes) { payload.file().write(bytes); });
    for (DeltaFrame& frame : manifest.deltas) frame.offset += summary.archive_size;
    manifest.payload_size = summary.size;
    manifest.archive_size = summary.archive_size;
    manifest.payload_pieces = summary.pieces;
    const std::string text = packed_manifest(write_manifest(manifest));
    const std::string head = bundle_head(text, sign_manifest(text, keys, release), summary.size);
    DurableOutput bundle(out, 0644);
    bundle.write(head);
    const auto written = system_files().open(payload.path());
    copy_bytes(*written, 0, summary.size, [&](Bytes bytes) { bundle.write(bytes); });
    bundle.write(bundle_trailer(head.size() + summary.size));
    bundle.commit();
}

} // namespace lockstep
