#include "packaging/keys.h"

#include "packaging/durable_output.h"
#include "packaging/terminal.h"
#include "payload/error.h"
#include "updater/file_system.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace lockstep {
namespace {

constexpr std::uint64_t key_limit = 64u << 10; // bytes; a PEM of Ed25519 has some hundred

std::string read_key_text(const std::string& path) {
    if (!system_files().status(path))
        throw Error(Code::wrong_usage, "read the key", path, "there is no such file");
    return read_text(system_files(), path, key_limit);
}

void require_absent(const std::string& path) {
    if (system_files().status(path))
        throw Error(Code::wrong_usage, "write", path, "it exists, and a key is never overwritten")
            .advise("Choose another name, or move the old key to a safe place yourself.");
}

void write_new_file(const std::string& path, const std::string& text, std::uint32_t mode) {
    const auto file = system_files().create(path, mode);
    file->write(bytes_of(text));
    file->sync();
}

std::string passphrase_for(const std::string& key, const std::string& passphrase_file) {
    if (!passphrase_file.empty()) return read_passphrase(passphrase_file);
    if (const char* value = std::getenv(passphrase_variable); value != nullptr) return value;
    if (has_terminal()) return ask_without_echo("Passphrase of " + key);
    throw Error(Code::wrong_usage, "open the key", key, "it needs a passphrase")
        .advise(std::string("Give --passphrase-file FILE, or set ") + passphrase_variable + ".");
}

PrivateKey read_private_key(const std::string& path, const std::string& passphrase_file) {
    const std::string pem = read_key_text(path);
    const bool locked = PrivateKey::needs_passphrase(pem);
    return PrivateKey::from_pem(pem, locked ? passphrase_for(path, passphrase_file) : "", path);
}

} // namespace

void write_key_pair(const std::string& name, const std::string& passphrase) {
    require_folder_for(name + ".key");
    require_absent(name + ".key");
    require_absent(name + ".pub");
    const PrivateKey key = PrivateKey::generate();
    write_new_file(name + ".key", key.pem(passphrase), 0600);
    write_new_file(name + ".pub", key.public_key().pem(), 0644);
    system_files().sync_folder(parent_of(name));
}

std::vector<PrivateKey> read_private_keys(const std::vector<std::string>& paths,
                                          const std::string& passphrase_file) {
    std::vector<PrivateKey> keys;
    keys.reserve(paths.size());
    for (const std::string& path : paths) {
        PrivateKey key = read_private_key(path, passphrase_file);
        for (const PrivateKey& other : keys)
            if (other.public_key() == key.public_key())
                throw Error(Code::wrong_usage, "sign with", path, "the same key is given twice");
        keys.push_back(std::move(key));
    }
    return keys;
}

std::vector<PublicKey> read_public_keys(const std::vector<std::string>& paths) {
    std::vector<PublicKey> keys;
    keys.reserve(paths.size());
    for (const std::string& path : paths) {
        PublicKey key = PublicKey::from_pem(read_key_text(path), path);
        if (std::ranges::find(keys, key) != keys.end())
            throw Error(Code::wrong_usage, "trust", path, "the same key is given twice");
        keys.push_back(std::move(key));
    }
    return keys;
}

std::string read_passphrase(const std::string& file) {
    const std::string text = read_key_text(file);
    std::string line = text.substr(0, text.find_first_of("\r\n"));
    if (line.empty())
        throw Error(Code::wrong_usage, "read the passphrase in", file, "its first line is empty");
    return line;
}

std::string ask_new_passphrase() {
    if (!has_terminal())
        throw Error(Code::wrong_usage, "ask for", "a passphrase", "there is no terminal")
            .advise("Give --passphrase-file FILE.");
    std::string once = ask_without_echo("New passphrase");
    if (once.empty()) throw Error(Code::wrong_usage, "take", "the passphrase", "it is empty");
    if (ask_without_echo("The same again") != once)
        throw Error(Code::wrong_usage, "take", "the passphrase", "the two are not the same");
    return once;
}

} // namespace lockstep
