// Variants of the workshop's releases: made, rehearsed and signed by the real tool.
#pragma once

#include "tests/support/workshop.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace lockstep {

// Puts `replacement` where `text` stands in a file, once.
inline void replace_in(const std::string& path, const std::string& text, const std::string& replacement) {
    std::string content = read_file(path);
    const std::size_t place = content.find(text);
    if (place == std::string::npos) throw std::runtime_error("no '" + text + "' in " + path);
    write_file(path, content.replace(place, text.size(), replacement));
}

// The rehearsed release as a bundle, signed by these keys (their names for keygen); returns its path.
inline std::string signed_bundle(const Workshop& workshop, const std::string& release,
                                 const std::vector<std::string>& keys, const std::string& name) {
    const std::string out = workshop / name;
    std::vector<std::string> words{"build", release, "-o", out};
    for (const std::string& key : keys) words.insert(words.end(), {"--key", workshop / (key + ".key")});
    const Ran built = workshop.lockstep(words);
    if (built.code != 0) throw std::runtime_error("build " + release + ": " + built.err);
    return out;
}

// The next trust document of the product "register": `keys` are trusted from then on; `signers` sign it.
inline std::string trust_document(const Workshop& workshop, const std::string& name,
                                  const std::vector<std::string>& keys,
                                  const std::vector<std::string>& signers, const std::string& previous = {},
                                  int threshold = 1) {
    std::vector<std::string> words{
        "trust", "--product", "register", "-o", workshop / name, "--threshold", std::to_string(threshold)};
    if (!previous.empty()) words.insert(words.end(), {"--previous", workshop / previous});
    words.emplace_back("--keys");
    for (const std::string& key : keys) words.push_back(workshop / (key + ".pub"));
    for (const std::string& key : signers) words.insert(words.end(), {"--key", workshop / (key + ".key")});
    const Ran made = workshop.lockstep(words);
    if (made.code != 0) throw std::runtime_error("trust " + name + ": " + made.err);
    return name;
}

} // namespace lockstep
