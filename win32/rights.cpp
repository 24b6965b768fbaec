// A rename keeps the rights that a file was made with. So a file that takes another's place is given that
// one's: the descriptor as it is, inherited entries with it, which the calls that know of inheritance would
// reckon anew from the folder where the file is now.
#include "win32/files.h"
#include "win32/security.h"

#include <cstring>

namespace lockstep {
namespace {

constexpr DWORD kept_attributes = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                                  FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;

Handle open_for_rights(const std::string& path, DWORD access, const std::string& doing) {
    Handle file = try_to_open(path, access);
    if (!file) throw opening_error(::GetLastError(), doing, path);
    if (is_link(file.get())) throw Error(Code::not_recognised, doing, path, "one of them is a link");
    return file;
}

// Owner, group and access list, without what only says how the list came about.
struct Rights {
    std::vector<std::byte> descriptor;
    std::vector<std::byte> part(PSID sid) const {
        const auto* const first = static_cast<const std::byte*>(sid);
        return sid ? std::vector<std::byte>(first, first + ::GetLengthSid(sid)) : std::vector<std::byte>();
    }
    std::vector<std::byte> owner() {
        PSID sid = nullptr;
        BOOL ignored = FALSE;
        ::GetSecurityDescriptorOwner(descriptor.data(), &sid, &ignored);
        return part(sid);
    }
    std::vector<std::byte> entries() {
        ACL* list = nullptr;
        BOOL present = FALSE;
        BOOL ignored = FALSE;
        ::GetSecurityDescriptorDacl(descriptor.data(), &present, &list, &ignored);
        std::vector<std::byte> bytes;
        for (DWORD i = 0; list && i < list->AceCount; ++i) {
            void* entry = nullptr;
            if (::GetAce(list, i, &entry) == 0) throw last_error("read", "an access list");
            const auto* const first = static_cast<const std::byte*>(entry);
            bytes.insert(bytes.end(), first, first + static_cast<ACE_HEADER*>(entry)->AceSize);
        }
        return bytes;
    }
};

void set_security(HANDLE file, Rights& wanted, SECURITY_INFORMATION what, const std::string& doing,
                  const std::string& path) {
    if (::SetKernelObjectSecurity(file, what, wanted.descriptor.data()) == 0) throw last_error(doing, path);
}

DWORD attributes_of(HANDLE file, const std::string& path) {
    FILE_BASIC_INFO info{};
    if (::GetFileInformationByHandleEx(file, FileBasicInfo, &info, sizeof info) == 0)
        throw last_error("look at", path);
    return info.FileAttributes;
}

void set_attributes(HANDLE file, DWORD wanted, const std::string& doing, const std::string& path) {
    const DWORD present = attributes_of(file, path);
    DWORD attributes = (present & ~kept_attributes) | (wanted & kept_attributes);
    if (attributes == present) return;
    if (attributes == 0) attributes = FILE_ATTRIBUTE_NORMAL; // 0 would mean: as it is
    FILE_BASIC_INFO info{};
    info.FileAttributes = attributes;
    if (::SetFileInformationByHandle(file, FileBasicInfo, &info, sizeof info) == 0)
        throw last_error(doing, path);
}

} // namespace

void copy_all_rights(const std::string& from_path, const std::string& to_path) {
    const std::string doing = "give the rights of " + from_path + " to";
    const HeldPlace place(to_path, doing);
    const Handle from = open_for_rights(from_path, READ_CONTROL | FILE_READ_ATTRIBUTES, doing);
    Rights wanted{security_of(from.get(), from_path)};
    const Handle read = open_for_rights(to_path, READ_CONTROL | FILE_READ_ATTRIBUTES, doing);
    Rights present{security_of(read.get(), to_path)};
    const bool owner_differs = wanted.owner() != present.owner();
    const DWORD access = WRITE_DAC | FILE_WRITE_ATTRIBUTES | (owner_differs ? WRITE_OWNER : 0);
    const Handle to = open_for_rights(to_path, access | FILE_READ_ATTRIBUTES, doing);
    if (owner_differs) set_security(to.get(), wanted, OWNER_SECURITY_INFORMATION, doing, to_path);
    if (wanted.entries() != present.entries())
        set_security(to.get(), wanted, DACL_SECURITY_INFORMATION, doing, to_path);
    set_attributes(to.get(), attributes_of(from.get(), from_path), doing, to_path);
    Rights got{security_of(read.get(), to_path)};
    if (got.owner() != wanted.owner() || got.entries() != wanted.entries())
        throw Error(Code::no_room_or_right, doing, to_path,
                    "the volume did not keep its owner or access list");
}

} // namespace lockstep
