#include "packaging/trust_documents.h"

#include "payload/error.h"
#include "updater/file_system.h"

#include <optional>

namespace lockstep {
namespace {

constexpr std::uint64_t document_limit = 1u << 20; // bytes

// A laptop with the first keys, which count as version 1, needs every document from version 2 on.
void require_no_gap(const Trust* before, const SignedDocument& document, const std::string& path) {
    const int due = before == nullptr ? 2 : before->version + 1;
    const int version = parse_trust(document.bytes).version;
    if (version > due)
        throw Error(Code::wrong_usage, "use", path,
                    "it is version " + std::to_string(version) + ", and version " + std::to_string(due) +
                        " is missing before it")
            .advise("Name every document from version 2 on in release.toml, oldest first.");
}

} // namespace

SignedDocument read_trust_document(const std::string& path) {
    if (!system_files().status(path))
        throw Error(Code::wrong_usage, "read the trust document", path, "there is no such file");
    return parse_signed(read_text(system_files(), path, document_limit));
}

void require_successor(const Trust* before, const SignedDocument& document, const std::string& subject) {
    const Trust trust = parse_trust(document.bytes);
    require_signed(trust, bytes_of(document.bytes), document.signatures, subject);
    if (before == nullptr) return;
    require_signed(*before, bytes_of(document.bytes), document.signatures, subject);
    if (trust.product != before->product)
        throw Error(Code::not_trusted, "follow", subject,
                    "it is of the product '" + trust.product + "', the one before of '" + before->product +
                        "'");
    if (trust.version != before->version + 1)
        throw Error(Code::not_trusted, "follow", subject,
                    "it is version " + std::to_string(trust.version) + ", and the one before is version " +
                        std::to_string(before->version));
}

std::vector<SignedDocument> read_trust_chain(const Release& release) {
    std::vector<SignedDocument> chain;
    std::optional<Trust> before;
    for (const std::string& path : release.trust) {
        try {
            chain.push_back(read_trust_document(path));
            require_no_gap(before ? &*before : nullptr, chain.back(), path);
            require_successor(before ? &*before : nullptr, chain.back(), path);
            before = parse_trust(chain.back().bytes);
            if (before->product != release.product)
                throw Error(Code::wrong_usage, "use", path, "it is of the product '" + before->product + "'");
        } catch (const Error& error) {
            throw with_code(error, Code::wrong_usage).during("reading the trust documents of the release");
        }
    }
    return chain;
}

} // namespace lockstep
