// Who is trusted: a set of keys with a threshold, and the chain of documents that changes it.
//
// A trust document is JSON: {"format":1,"product":…,"version":N,"threshold":T,"keys":[base64, …]}; its raw
// bytes are signed by its predecessor's keys (the predecessor's threshold) and by its own (its own
// threshold). Versions rise by one. Documents travel in signatures.json, not in the manifest: they say who
// may have signed the manifest, so they must be followed before it is parsed; the manifest holds their
// hashes, so none can be exchanged.
#pragma once

#include "payload/signature.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct KeySignature {
    std::string key;       // base64 of the public key
    std::string signature; // base64
};

// What an installation pins.
struct Trust {
    std::string product; // empty: not bound to one yet (keys from the command line or an update executable)
    int version = 1;     // of the last document followed; 1 for a set of keys without one
    int threshold = 1;
    std::vector<PublicKey> keys;
};

struct SignedDocument {
    std::string bytes; // the raw JSON that was signed
    std::vector<KeySignature> signatures;
};

std::string write_trust(const Trust& trust);              // the raw bytes of a document
Trust parse_trust(std::string_view bytes);                // throws Error (not_trusted)
std::string write_signed(const SignedDocument& document); // a file: {"document":base64,"signatures":[…]}
SignedDocument parse_signed(std::string_view json);

// Follows documents newer than `pinned`, each checked before it is parsed. Throws Error (not_trusted).
Trust follow(Trust pinned, const std::vector<SignedDocument>& chain);

// At least `threshold` different keys of `trust` have signed `message`. The error names what was found and
// expected.
void require_signed(const Trust& trust, Bytes message, const std::vector<KeySignature>& signatures,
                    const std::string& subject);

} // namespace lockstep
