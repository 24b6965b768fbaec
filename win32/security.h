// Windows' security descriptors: who owns a file and who may do what with it.
#pragma once

#include "win32/system_error.h"

#include <cstddef>
#include <string>
#include <vector>

namespace lockstep {

// This process has the rights of an administrator now: elevated, or a service.
bool is_administrator();
// This process is the system itself.
bool is_local_system();

// Owner, group and access list of an open file (READ_CONTROL), as one self-relative descriptor.
std::vector<std::byte> security_of(HANDLE file, const std::string& path);

// Nobody but administrators, the system, Windows' installer and this process's user.
bool is_trusted_account(PSID account);
std::string name_of_account(PSID account);

// The entries of an access list that allow something.
struct Allowed {
    ACCESS_MASK mask = 0;
    PSID account = nullptr; // in the list itself
    bool for_children_only = false;
};
std::vector<Allowed> allowed_by(ACL& list);

} // namespace lockstep
