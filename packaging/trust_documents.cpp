#include "packaging/trust_documents.h"

#include "payload/error.h"
#include "updater/file_system.h"

namespace lockstep {
namespace {

constexpr std::uint64_t document_limit = 1u << 20; // bytes

} // namespace

SignedDocument read_trust_document(const std::string& path) {
    if (!system_files().status(path))
        throw Error(Code::wrong_usage, "read the trust document", path, "there is no such file");
    return parse_signed(read_text(system_files(), path, document_limit));
}

std::vector<SignedDocument> read_trust_chain(const Release& release) {
    std::vector<SignedDocument> chain;
    for (const std::string& path : release.trust) {
        try {
            const SignedDocument document = read_trust_document(path);
            const Trust trust = parse_trust(document.bytes);
            if (trust.product != release.product)
                throw Error(Code::wrong_usage, "use the trust document", path,
                            "it is of the product '" + trust.product + "'");
            if (!chain.empty()) follow(parse_trust(chain.back().bytes), {document});
            chain.push_back(document);
        } catch (const Error& error) {
            throw with_code(error, Code::wrong_usage).during("reading the trust document " + path);
        }
    }
    return chain;
}

} // namespace lockstep
