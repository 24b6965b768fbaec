// Whether a less privileged user could put something else in a folder's place, or into it.
#include "win32/files.h"
#include "win32/security.h"

namespace lockstep {
namespace {

constexpr ACCESS_MASK replace_rights = DELETE | FILE_DELETE_CHILD | WRITE_DAC | WRITE_OWNER | GENERIC_ALL;
constexpr ACCESS_MASK write_rights = replace_rights | FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | GENERIC_WRITE;

// `last`: the folder that is asked about. On the way to it others may make folders of their own, as everybody
// may in C:\.
std::optional<std::string> why_unsafe_itself(const std::string& path, bool last) {
    const Handle folder = try_to_open(path, READ_CONTROL | FILE_READ_ATTRIBUTES);
    if (!folder) throw last_error("look at", path);
    std::vector<std::byte> descriptor = security_of(folder.get(), path);
    PSID owner = nullptr;
    ACL* list = nullptr;
    BOOL present = FALSE;
    BOOL ignored = FALSE;
    if (::GetSecurityDescriptorOwner(descriptor.data(), &owner, &ignored) == 0 ||
        ::GetSecurityDescriptorDacl(descriptor.data(), &present, &list, &ignored) == 0)
        throw last_error("read the rights of", path);
    if (owner && !is_trusted_account(owner))
        return path + " belongs to " + name_of_account(owner) + ", who could replace it";
    if (!present || !list) return "everybody may write to " + path;
    for (const Allowed& allowed : allowed_by(*list))
        if (!allowed.for_children_only && (allowed.mask & (last ? write_rights : replace_rights)) != 0 &&
            !is_trusted_account(allowed.account))
            return name_of_account(allowed.account) + " may write to " + path;
    return std::nullopt;
}

} // namespace

std::optional<std::string> why_unsafe(const std::string& real_folder) {
    if (!is_administrator()) return std::nullopt;
    std::string path = real_folder;
    while (parent_of(path) != path) { // the top of a volume can't be replaced
        if (auto why = why_unsafe_itself(path, path == real_folder)) return why;
        path = parent_of(path);
    }
    return std::nullopt;
}

} // namespace lockstep
