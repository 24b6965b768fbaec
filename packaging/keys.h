// The release manager's keys: files, passphrases.
#pragma once

#include "payload/signature.h"

#include <string>
#include <vector>

namespace lockstep {

// The environment variable that may hold the passphrase, for machines that build unattended.
constexpr const char* passphrase_variable = "LOCKSTEP_PASSPHRASE";

// NAME.key (0600) and NAME.pub. Throws Error (wrong_usage) where either exists: a key that is overwritten is
// lost, and with it the trust of every laptop that pinned it.
void write_key_pair(const std::string& name, const std::string& passphrase);

// A key's passphrase comes from `passphrase_file` (its first line), else the environment, else the terminal;
// it is asked for only where a key needs one. Throws Error (wrong_usage) where there is none to be had.
std::vector<PrivateKey> read_private_keys(const std::vector<std::string>& paths,
                                          const std::string& passphrase_file);
// Throws Error (wrong_usage) for a key that is given twice, as the one above does.
std::vector<PublicKey> read_public_keys(const std::vector<std::string>& paths);

// The first line of a file.
std::string read_passphrase(const std::string& file);
// Asked twice on the terminal, without echo, and not empty.
std::string ask_new_passphrase();

} // namespace lockstep
