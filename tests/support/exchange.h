// A telephone exchange with call records, which get a new key in 2.0.0, and with a small configuration
// database, which goes into theirs. What takes long of that can be done before.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

// release.toml, two code trees, migrations and samples of `calls` calls.
void write_exchange_release(const std::string& folder, std::int64_t calls);
// An installation of 1.0.0 with that many.
void install_exchange(const std::string& folder, const std::string& root, std::int64_t calls);
// The text of its prepare.sql.
std::string exchange_preparation();

} // namespace lockstep
