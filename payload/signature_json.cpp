#include "payload/signature_json.h"

#include "payload/error.h"

namespace lockstep {

Json signatures_to_json(const std::vector<KeySignature>& signatures) {
    Json list = Json::array();
    for (const KeySignature& signature : signatures)
        list.push_back({{"key", signature.key}, {"signature", signature.signature}});
    return list;
}

Json signed_to_json(const SignedDocument& document) {
    return {{"document", to_base64(bytes_of(document.bytes))},
            {"signatures", signatures_to_json(document.signatures)}};
}

std::vector<KeySignature> take_signatures(Fields& fields, const std::string& document_name) {
    std::vector<KeySignature> signatures;
    for (Json& value : fields.list("signatures")) {
        Fields entry(std::move(value), fields.place_of("signatures"), document_name);
        std::string key = entry.text("key");
        std::string signature = entry.text("signature");
        entry.done();
        signatures.push_back({std::move(key), std::move(signature)});
    }
    if (signatures.size() > signature_limit)
        fields.refuse("signatures", "has more than " + std::to_string(signature_limit) + " entries");
    return signatures;
}

SignedDocument take_signed(Json value, const std::string& place, const std::string& document_name) {
    Fields fields(std::move(value), place, document_name);
    SignedDocument document;
    document.bytes = from_base64(fields.text("document"));
    document.signatures = take_signatures(fields, document_name);
    fields.done();
    return document;
}

void require_canonical(std::string_view json, std::string_view written, const std::string& document_name) {
    if (json != written)
        throw Error(Code::not_trusted, "read", document_name,
                    "it is not written as Lockstep writes it; was it edited?");
}

} // namespace lockstep
