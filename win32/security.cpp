#include "win32/security.h"

#include "win32/text.h"

#include <array>
#include <cstring>
#include <sddl.h>

namespace lockstep {
namespace {

constexpr SECURITY_INFORMATION everything_but_audit =
    OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

class Account {
  public:
    explicit Account(const wchar_t* text) {
        if (::ConvertStringSidToSidW(text, &account_) == 0)
            throw last_error("read the account", narrow(text));
    }
    ~Account() { ::LocalFree(account_); }
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;
    PSID get() const { return account_; }

  private:
    PSID account_ = nullptr;
};

// https://learn.microsoft.com/windows/win32/secauthz/well-known-sids
const Account& administrators() {
    static const Account account(L"S-1-5-32-544");
    return account;
}
const Account& local_system() {
    static const Account account(L"S-1-5-18");
    return account;
}
const Account& trusted_installer() {
    static const Account account(L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
    return account;
}

std::vector<std::byte> own_user() {
    HANDLE token = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token) == 0)
        throw last_error("look at", "this program's user");
    const Handle opened(token);
    std::vector<std::byte> user(sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE);
    DWORD size = 0;
    if (::GetTokenInformation(token, TokenUser, user.data(), static_cast<DWORD>(user.size()), &size) == 0)
        throw last_error("look at", "this program's user");
    return user;
}

bool is_own(PSID account) {
    const std::vector<std::byte> user = own_user();
    return ::EqualSid(account, reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid) != 0;
}

} // namespace

bool is_administrator() {
    BOOL member = FALSE;
    if (::CheckTokenMembership(nullptr, administrators().get(), &member) == 0)
        throw last_error("look at", "this program's rights");
    return member != FALSE;
}

bool is_local_system() {
    return is_own(local_system().get());
}

std::vector<std::byte> security_of(HANDLE file, const std::string& path) {
    DWORD size = 0;
    ::GetKernelObjectSecurity(file, everything_but_audit, nullptr, 0, &size);
    std::vector<std::byte> descriptor(size);
    if (::GetKernelObjectSecurity(file, everything_but_audit, descriptor.data(), size, &size) == 0)
        throw last_error("read the rights of", path);
    return descriptor;
}

bool is_trusted_account(PSID account) {
    for (const Account* known : {&administrators(), &local_system(), &trusted_installer()})
        if (::EqualSid(account, known->get()) != 0) return true;
    return is_own(account);
}

std::string name_of_account(PSID account) {
    std::array<wchar_t, 256> name{};
    std::array<wchar_t, 256> domain{};
    auto name_size = static_cast<DWORD>(name.size());
    auto domain_size = static_cast<DWORD>(domain.size());
    SID_NAME_USE kind{};
    if (::LookupAccountSidW(nullptr, account, name.data(), &name_size, domain.data(), &domain_size, &kind) !=
        0)
        return narrow(name.data());
    LPWSTR text = nullptr;
    if (::ConvertSidToStringSidW(account, &text) == 0) return "an unknown account";
    std::string number = narrow(text);
    ::LocalFree(text);
    return number;
}

std::vector<Allowed> allowed_by(ACL& list) {
    std::vector<Allowed> all;
    for (DWORD i = 0; i < list.AceCount; ++i) {
        void* entry = nullptr;
        if (::GetAce(&list, i, &entry) == 0) throw last_error("read", "an access list");
        auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
        if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
        const bool children = (allowed->Header.AceFlags & INHERIT_ONLY_ACE) != 0;
        all.push_back({allowed->Mask, &allowed->SidStart, children});
    }
    return all;
}

} // namespace lockstep
