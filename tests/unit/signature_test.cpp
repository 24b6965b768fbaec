#include "payload/signature.h"
#include "tests/support/refusal.h"

#include "payload/error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace lockstep;

namespace {

std::string message_of(const std::function<void()>& action, Code code) {
    return refusal_of_action(action, code);
}

} // namespace

TEST(Signature, VerifiesWhatItsKeySignedAndNothingElse) {
    const PrivateKey key = PrivateKey::generate();
    const std::string signature = key.sign(bytes_of("manifest"));
    EXPECT_TRUE(key.public_key().verifies(bytes_of("manifest"), signature));
    EXPECT_FALSE(key.public_key().verifies(bytes_of("manifesT"), signature));
    EXPECT_FALSE(PrivateKey::generate().public_key().verifies(bytes_of("manifest"), signature));
    EXPECT_FALSE(key.public_key().verifies(bytes_of("manifest"), "AAAA"));
}

TEST(Signature, KnowsTheVectorOfRfc8032) {
    // RFC 8032, section 7.1, TEST 2
    const PublicKey key = PublicKey::from_base64("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=");
    EXPECT_TRUE(key.verifies(bytes_of("\x72"),
                             "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2M"
                             "OHsurrQwKu6wDSkWErsMAA=="));
}

TEST(Signature, KeysSurviveTheirFiles) {
    const PrivateKey key = PrivateKey::generate();
    for (const std::string passphrase : {"", "correct horse"}) {
        const std::string pem = key.pem(passphrase);
        EXPECT_EQ(PrivateKey::needs_passphrase(pem), !passphrase.empty());
        EXPECT_EQ(PrivateKey::from_pem(pem, passphrase, "k.key").public_key(), key.public_key());
    }
    EXPECT_EQ(PublicKey::from_pem(key.public_key().pem(), "k.pub"), key.public_key());
    EXPECT_EQ(PublicKey::from_base64(key.public_key().base64()), key.public_key());
}

TEST(Signature, SaysWhyAPrivateKeyCannotBeRead) {
    const std::string pem = PrivateKey::generate().pem("right");
    EXPECT_EQ(message_of([&] { PrivateKey::from_pem(pem, "wrong", "k.key"); }, Code::wrong_usage),
              "Could not read k.key: the passphrase is wrong, or the file is damaged");
    EXPECT_EQ(message_of([&] { PrivateKey::from_pem(pem, "", "k.key"); }, Code::wrong_usage),
              "Could not read k.key: it is protected by a passphrase, and none was given");
    EXPECT_EQ(message_of([&] { PrivateKey::from_pem("hello", "", "k.key"); }, Code::wrong_usage),
              "Could not read k.key: it is no Ed25519 private key in PEM form");
}

TEST(Signature, SaysWhyAPublicKeyCannotBeRead) {
    EXPECT_EQ(message_of([] { PublicKey::from_pem("hello", "k.pub"); }, Code::not_trusted),
              "Could not read k.pub: it is no Ed25519 public key in PEM form");
    EXPECT_EQ(
        message_of([] { PublicKey::from_pem(PrivateKey::generate().pem(""), "k.pub"); }, Code::not_trusted),
        "Could not read k.pub: it is no Ed25519 public key in PEM form");
    EXPECT_EQ(message_of([] { PublicKey::from_base64("AAAA"); }, Code::not_trusted),
              "Could not read a public key: an Ed25519 key has 32 bytes, this one has not");
}

TEST(Base64, HasOneTextForOneValue) {
    for (const std::string text : {"", "a", "ab", "abc", "abcd"})
        EXPECT_EQ(from_base64(to_base64(bytes_of(text))), text);
    EXPECT_EQ(to_base64(bytes_of("ab")), "YWI=");
    for (const char* bad : {"YWI", "YWJ=", " YWI=", "YWI=\n", "Y*I=", "====", "YW=I", "YQ==YQ=="})
        EXPECT_EQ(message_of([&] { from_base64(bad); }, Code::not_trusted),
                  "Could not read base64 text: it is not valid base64")
            << bad;
}

TEST(Signature, IsAcceptedByTheOpensslProgram) {
    if (std::system("command -v openssl >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl program";
    std::string folder = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const PrivateKey key = PrivateKey::generate();
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream(folder + "/" + name, std::ios::binary) << text;
    };
    write("message", "manifest");
    write("other", "manifesT");
    write("key.pub", key.public_key().pem());
    write("sig", from_base64(key.sign(bytes_of("manifest"))));
    const auto verify = [&](const std::string& message) {
        return std::system(("cd " + folder + " && openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in " +
                            message + " -sigfile sig >/dev/null 2>&1")
                               .c_str());
    };
    EXPECT_EQ(verify("message"), 0);
    EXPECT_NE(verify("other"), 0);
    std::filesystem::remove_all(folder);
}
