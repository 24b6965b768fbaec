// What update.exe is made of: a file that people double-click in their Downloads.
#include "tests/support/windows_desk.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t size_limit = 8u << 20; // bytes; half of it is wanted

class WindowsExecutable : public testing::Test {
  protected:
    void SetUp() override {
        if (const std::string why = why_no_windows(); !why.empty()) GTEST_SKIP() << why;
    }
};

std::set<std::string> imports_of(const std::string& program) {
    const std::string text = run({"x86_64-w64-mingw32-objdump", "-p", program}).out;
    std::set<std::string> names;
    const std::regex line("DLL Name: (\\S+)");
    for (std::sregex_iterator each(text.begin(), text.end(), line), end; each != end; ++each)
        names.insert((*each)[1]);
    return names;
}

// HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\KnownDLLs of Windows 7 to 11: Windows takes these
// from System32 whatever lies beside the executable.
TEST_F(WindowsExecutable, ImportsOnlyWhatWindowsNeverTakesFromItsOwnFolder) {
    const std::set<std::string> known{"ADVAPI32.dll", "GDI32.dll",   "KERNEL32.dll", "msvcrt.dll",
                                      "ole32.dll",    "SHELL32.dll", "USER32.dll"};
    for (const std::string program : {"update.exe", "gate.exe"})
        for (const std::string& name : imports_of(built_for_windows(program)))
            EXPECT_TRUE(known.contains(name)) << program << " imports " << name;
    EXPECT_FALSE(imports_of(built_for_windows("update.exe")).empty());
}

TEST_F(WindowsExecutable, GrowsNoLarger) {
    EXPECT_LE(fs::file_size(built_for_windows("update.exe")), size_limit);
    RecordProperty("bytes", std::to_string(fs::file_size(built_for_windows("update.exe"))));
}

// Wine set to take a program's own DLLs before its own ones, as Windows does with all but the known.
TEST_F(WindowsExecutable, LoadsNoDllThatLiesBesideIt) {
    const WindowsDesk desk;
    const std::string root = desk.install("Downloads");
    const std::string program = root + "/update.exe";
    fs::copy_file(built_for_windows("update.exe"), program);
    for (const std::string name : {"bcrypt", "crypt32", "rstrtmgr", "ws2_32", "comctl32", "uxtheme"})
        fs::copy_file(built_for_windows("planted.dll"), root + "/" + name + ".dll");
    const std::string planted = root + "/planted-was-loaded";
    const std::map<std::string, std::string> own_first{
        {"WINEDLLOVERRIDES", "bcrypt,crypt32,rstrtmgr,ws2_32,comctl32,uxtheme=n,b"}};
    const Ran ran = desk.run_windows({program, "--root", desk.on_c(root), "status"}, root, own_first);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_FALSE(fs::exists(planted));
    fs::copy_file(built_for_windows("planted.dll"), root + "/version.dll");
    desk.run_windows({program, "--version"}, root, {{"WINEDLLOVERRIDES", "version=n,b"}});
    EXPECT_TRUE(fs::exists(planted)) << "what is imported is found there: Wine's own user32 imports this one";
}

TEST_F(WindowsExecutable, IsSignedAroundItsBundleAndBothSignaturesHold) {
    WindowsDesk desk;
    const std::string update = desk.wrapped("release.toml");
    const std::string certificate = desk / "c.pem";
    const std::string secret = desk / "k.pem";
    ASSERT_EQ(
        run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", secret, "-out",
             certificate, "-days", "2", "-subj", "/CN=Clinic", "-addext", "extendedKeyUsage=codeSigning"})
            .code,
        0);
    const std::string signed_update = desk / "signed.exe";
    const Ran signing = run({"osslsigncode", "sign", "-certs", certificate, "-key", secret, "-in", update,
                             "-out", signed_update});
    ASSERT_EQ(signing.code, 0) << signing.out << signing.err;
    const Ran checked = run({"osslsigncode", "verify", "-CAfile", certificate, signed_update});
    EXPECT_NE(checked.out.find("Signature verification: ok"), std::string::npos)
        << checked.out << checked.err;
    const Ran verified = desk.lockstep({"verify", signed_update, "--trust", "office.pub"});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;

    const std::string root = desk.install("field");
    const Ran applied = desk.update(signed_update, root, {"--silent"});
    EXPECT_EQ(applied.code, 0) << applied.out << applied.err;
    EXPECT_EQ(applied.out + applied.err, "");
    EXPECT_EQ(desk.clinic(root, {"--version"}).out, "1.1.0\n");
}

} // namespace
} // namespace lockstep
