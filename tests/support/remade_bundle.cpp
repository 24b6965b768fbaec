#include "tests/support/remade_bundle.h"

#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/manifest_pack.h"

#include <stdexcept>
#include <zstd.h>

namespace lockstep {
namespace {

constexpr int level = 3;

void must(std::size_t result) {
    if (ZSTD_isError(result) != 0) throw std::runtime_error(ZSTD_getErrorName(result));
}

} // namespace

BundleParts::BundleParts(const std::string& bundle_file) {
    const std::string bytes = read_file(bundle_file);
    const TextSource file(bytes);
    const BundleHead head = read_head(file, find_bundle(file, bundle_file).value(), bundle_file);
    manifest = unpacked_manifest(head.manifest);
    signatures = parse_signatures(head.signatures);
    payload = bytes.substr(head.payload_offset, head.payload_size);
}

BundleParts& BundleParts::change(const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json json = nlohmann::json::parse(manifest);
    change(json);
    manifest = json.dump();
    return *this;
}

BundleParts& BundleParts::put_payload(const std::string& bytes) {
    payload = bytes;
    return change([&](nlohmann::json& json) {
        json["payload_size"] = bytes.size();
        json["archive_size"] = bytes.size();
        json["deltas"] = nlohmann::json::array();
        json["payload_pieces"] = nlohmann::json::array();
        for (std::size_t place = 0; place < bytes.size(); place += payload_piece)
            json["payload_pieces"].push_back(sha256(bytes.substr(place, payload_piece)));
    });
}

BundleParts& BundleParts::sign(const std::vector<PrivateKey>& keys) {
    signatures.signatures.clear();
    for (const PrivateKey& key : keys)
        signatures.signatures.push_back(
            {key.public_key().base64(), key.sign(bytes_of(packed_manifest(manifest)))});
    return *this;
}

std::string BundleParts::bytes() const {
    const std::string bundle = bundle_head(packed_manifest(manifest), signatures, payload.size()) + payload;
    return bundle + bundle_trailer(bundle.size());
}

PrivateKey private_key(const Workshop& workshop, const std::string& name) {
    const std::string file = workshop / (name + ".key");
    return PrivateKey::from_pem(read_file(file), {}, file);
}

std::string signed_again(const Workshop& workshop, const std::string& name, BundleParts parts) {
    const std::string file = workshop / name;
    write_file(file, parts.sign({private_key(workshop, "key")}).bytes());
    return file;
}

ZstdFrameWriter::ZstdFrameWriter(int window_log) : context_(ZSTD_createCCtx(), &ZSTD_freeCCtx) {
    must(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level));
    must(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, window_log));
}

namespace {

void compress(ZSTD_CCtx* context, const std::string& bytes, ZSTD_EndDirective directive, std::string& frame) {
    std::string room(ZSTD_CStreamOutSize(), '\0');
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (std::size_t left = 1; in.pos < in.size || (directive == ZSTD_e_end && left != 0);) {
        ZSTD_outBuffer out{room.data(), room.size(), 0};
        left = ZSTD_compressStream2(context, &out, &in, directive);
        must(left);
        frame.append(room, 0, out.pos);
    }
}

} // namespace

ZstdFrameWriter& ZstdFrameWriter::add(const std::string& bytes) {
    compress(context_.get(), bytes, ZSTD_e_continue, frame_);
    return *this;
}

ZstdFrameWriter& ZstdFrameWriter::add_zeros(std::uint64_t count) {
    const std::string zeros(1 << 20, '\0');
    for (; count >= zeros.size(); count -= zeros.size()) add(zeros);
    return add(std::string(static_cast<std::size_t>(count), '\0'));
}

std::string ZstdFrameWriter::finish() {
    compress(context_.get(), {}, ZSTD_e_end, frame_);
    return std::move(frame_);
}

std::string unpacked_tar(const BundleParts& parts) {
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    std::string tar;
    std::string piece(64 << 10, '\0');
    ZSTD_inBuffer in{parts.payload.data(), parts.payload.size(), 0}; // deltas may follow its end
    for (std::size_t left = 1; left != 0;) {
        ZSTD_outBuffer out{piece.data(), piece.size(), 0};
        left = ZSTD_decompressStream(context.get(), &out, &in);
        must(left);
        tar.append(piece, 0, out.pos);
    }
    return tar;
}

} // namespace lockstep
