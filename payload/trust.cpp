#include "payload/trust.h"

#include "payload/distinct_keys.h"
#include "payload/error.h"
#include "payload/signature_json.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace lockstep {
namespace {

constexpr int trust_format = 1;
const std::string document_name = "a trust document";

[[noreturn]] void refuse(const Trust& trust, const std::string& why) {
    throw Error(Code::not_trusted, "follow", "trust document " + std::to_string(trust.version), why);
}

bool holds(const Trust& trust, const PublicKey& key) {
    return std::ranges::find(trust.keys, key) != trust.keys.end();
}

bool holds_all(const Trust& trust, const std::vector<PublicKey>& keys) {
    return std::ranges::all_of(keys, [&](const PublicKey& key) { return holds(trust, key); });
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "nobody" : text;
}

// How many different keys of `trust` signed. A signature that doesn't fit its own key is refused whoever's it
// is: nobody writes one, so the file was damaged or changed.
std::size_t trusted_signers(const Trust& trust, Bytes message, const std::vector<KeySignature>& signatures,
                            const std::string& subject) {
    std::set<std::string> signers;
    for (const KeySignature& signature : signatures) {
        const PublicKey key = PublicKey::from_base64(signature.key);
        if (!key.verifies(message, signature.signature))
            throw Error(Code::not_trusted, "trust", subject,
                        "the signature by key " + signature.key +
                            " doesn't fit it; it was damaged or changed");
        if (holds(trust, key)) signers.insert(signature.key);
    }
    return signers.size();
}

bool is_signed(const Trust& trust, const SignedDocument& document) {
    const std::size_t signers =
        trusted_signers(trust, bytes_of(document.bytes), document.signatures, document_name);
    return signers >= static_cast<std::size_t>(trust.threshold);
}

// A document that the keys trusted now have signed.
Trust parsed_and_own_signed(const SignedDocument& document, const Trust& current) {
    Trust next = parse_trust(document.bytes);
    if (!current.product.empty() && next.product != current.product)
        refuse(next, "it is for the product '" + next.product + "', not '" + current.product + "'");
    if (!is_signed(next, document)) refuse(next, "too few of its own keys have signed it");
    return next;
}

// Keys without a document (version 1) don't know how many documents came before them: they join the chain at
// the document that names them all, or else follow it from document 2.
bool joins(const Trust& pinned, const Trust& next) {
    return pinned.version == 1 && holds_all(next, pinned.keys);
}

void require_same(const Trust& pinned, const Trust& next) {
    if (next.threshold != pinned.threshold || next.keys.size() != pinned.keys.size() ||
        !holds_all(next, pinned.keys))
        refuse(next, "it names other keys than the document of the same number that is trusted here");
}

} // namespace

std::vector<PublicKey> each_once(const std::vector<PublicKey>& keys) {
    std::vector<PublicKey> once;
    for (const PublicKey& key : keys)
        if (std::ranges::find(once, key) == once.end()) once.push_back(key);
    return once;
}

std::string write_trust(const Trust& trust) {
    Json keys = Json::array();
    for (const PublicKey& key : trust.keys) keys.push_back(key.base64());
    return write_json({{"format", trust_format},
                       {"product", trust.product},
                       {"version", trust.version},
                       {"threshold", trust.threshold},
                       {"keys", std::move(keys)}},
                      document_name);
}

Trust parse_trust(std::string_view bytes) {
    Fields fields(parse_json(bytes, document_name), "", document_name);
    fields.number("format", trust_format, trust_format);
    Trust trust;
    trust.product = fields.text("product");
    trust.version = fields.small_number("version", 1);
    trust.threshold = fields.small_number("threshold", 1);
    for (const std::string& key : fields.texts("keys")) {
        trust.keys.push_back(PublicKey::from_base64(key));
        if (std::ranges::count(trust.keys, trust.keys.back()) > 1) fields.refuse("keys", "names a key twice");
        if (trust.keys.size() > trusted_keys_limit)
            fields.refuse("keys", "has more than " + std::to_string(trusted_keys_limit) + " entries");
    }
    if (static_cast<std::size_t>(trust.threshold) > trust.keys.size())
        fields.refuse("threshold", "asks for more keys than there are");
    fields.done();
    return trust;
}

std::string write_signed(const SignedDocument& document) {
    return write_json(signed_to_json(document), "a signed trust document");
}

SignedDocument parse_signed(std::string_view json) {
    const std::string name = "a signed trust document";
    SignedDocument document = take_signed(parse_json(json, name), "", name);
    require_canonical(json, write_signed(document), name);
    return document;
}

Trust follow(Trust pinned, const std::vector<SignedDocument>& chain) {
    const bool had_document = pinned.version > 1;
    bool joined = false;
    for (const SignedDocument& document : chain) {
        if (!is_signed(pinned, document)) {
            if (!joined) continue; // older than what is pinned; who signed it may be trusted no more
            refuse(pinned, "the next document isn't signed by enough of its keys");
        }
        Trust next = parsed_and_own_signed(document, pinned);
        const bool rises_by_one = next.version == pinned.version + 1;
        if (!joined && next.version == pinned.version && had_document) {
            require_same(pinned, next);
        } else if (rises_by_one || (!joined && joins(pinned, next))) {
            pinned = std::move(next);
        } else if (joined || next.version > pinned.version) {
            refuse(next, "document " + std::to_string(pinned.version + 1) + " should come here");
        } else {
            continue; // older than what is pinned
        }
        joined = true;
    }
    if (!chain.empty() && !joined && !had_document)
        throw Error(Code::not_trusted, "follow", "the trust documents",
                    "none of them is signed by the keys that are trusted here");
    return pinned;
}

void require_signed(const Trust& trust, Bytes message, const std::vector<KeySignature>& signatures,
                    const std::string& subject) {
    const std::size_t found = trusted_signers(trust, message, signatures, subject);
    if (trust.threshold >= 1 && found >= static_cast<std::size_t>(trust.threshold)) return;
    std::vector<std::string> signers;
    std::vector<std::string> trusted;
    const auto key_of = [](const KeySignature& signature) { return signature.key; };
    std::ranges::transform(signatures, std::back_inserter(signers), key_of);
    std::ranges::transform(trust.keys, std::back_inserter(trusted), &PublicKey::base64);
    throw Error(Code::not_trusted, "trust", subject,
                "it needs the signatures of " + std::to_string(trust.threshold) + " trusted keys and has " +
                    std::to_string(found) + " (signed by " + listed(signers) +
                    "; trusted: " + listed(trusted) + ")");
}

} // namespace lockstep
