// Signatures and signed documents as they stand in JSON: {"key":base64,"signature":base64} and
// {"document":base64,"signatures":[…]}.
#pragma once

#include "payload/json_strict.h"
#include "payload/trust.h"

namespace lockstep {

constexpr std::size_t signature_limit = 64; // for one document: bounds the work before anything is trusted

Json signatures_to_json(const std::vector<KeySignature>& signatures);
Json signed_to_json(const SignedDocument& document);
// `place` and `document_name` are for messages. Throw Error (not_trusted).
std::vector<KeySignature> take_signatures(Fields& fields, const std::string& document_name);
SignedDocument take_signed(Json value, const std::string& place, const std::string& document_name);
// A document read from `json` must be just what is written for it, so that no byte of it can differ
// unnoticed.
void require_canonical(std::string_view json, std::string_view written, const std::string& document_name);

} // namespace lockstep
