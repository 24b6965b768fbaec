#include "payload/bundle_format.h"
#include "payload/error.h"
#include "payload/signature_json.h"

namespace lockstep {
namespace {

constexpr int signatures_format = 1;
const std::string signatures_name = "the signatures";

} // namespace

std::string write_signatures(const Signatures& signatures) {
    Json chain = Json::array();
    for (const SignedDocument& document : signatures.trust_chain) chain.push_back(signed_to_json(document));
    return write_json({{"format", signatures_format},
                       {"signatures", signatures_to_json(signatures.signatures)},
                       {"trust_chain", std::move(chain)}},
                      signatures_name);
}

Signatures parse_signatures(std::string_view json) {
    if (json.size() > signatures_limit)
        throw Error(Code::not_trusted, "read", signatures_name, "they are larger than 1 MiB");
    Fields fields(parse_json(json, signatures_name), "", signatures_name);
    fields.number("format", signatures_format, signatures_format);
    Signatures signatures;
    signatures.signatures = take_signatures(fields, signatures_name);
    for (Json& document : fields.list("trust_chain"))
        signatures.trust_chain.push_back(take_signed(std::move(document), "trust_chain", signatures_name));
    fields.done();
    require_canonical(json, write_signatures(signatures), signatures_name);
    return signatures;
}

std::string bundle_head(std::string_view manifest, const Signatures& signatures, std::uint64_t payload_size) {
    const std::string signatures_json = write_signatures(signatures);
    if (manifest.size() > manifest_limit || signatures_json.size() > signatures_limit)
        throw Error(Code::wrong_usage, "write", "a bundle",
                    "its manifest or its signatures are larger than allowed");
    std::string head(bundle_magic);
    head +=
        little_endian(manifest.size()) + little_endian(signatures_json.size()) + little_endian(payload_size);
    head += manifest;
    head += signatures_json;
    return head;
}

std::string bundle_trailer(std::uint64_t bundle_size_without_trailer) {
    return little_endian(bundle_size_without_trailer + trailer_size) + std::string(trailer_magic);
}

} // namespace lockstep
