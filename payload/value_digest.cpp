#include "payload/value_digest.h"

#include "payload/digest.h"

#include <openssl/evp.h>
#include <sqlite3.h>

#include <array>
#include <bit>
#include <memory>
#include <new>

namespace lockstep {
namespace {

class ValueSum {
  public:
    ValueSum() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {}

    // False where OpenSSL refuses.
    bool add(sqlite3_value* value) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        const auto type = static_cast<unsigned char>(sqlite3_value_type(value));
        if (!context_ ||
            EVP_DigestInit_ex2(context_.get(), started_ ? nullptr : EVP_sha256(), nullptr) != 1 ||
            EVP_DigestUpdate(context_.get(), &type, 1) != 1 || !add_content(value, type) ||
            EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1)
            return false;
        started_ = true;
        unsigned carry = 0;
        for (std::size_t i = 0; i < sum_.size(); ++i) {
            carry += static_cast<unsigned>(sum_[i]) + digest[i];
            sum_[i] = static_cast<std::byte>(carry & 0xff);
            carry >>= 8;
        }
        return true;
    }

    std::string hexadecimal() const { return to_hex(sum_); }

  private:
    bool add_number(std::uint64_t number) {
        return EVP_DigestUpdate(context_.get(), &number, sizeof number) == 1; // compared on this machine only
    }

    bool add_content(sqlite3_value* value, int type) {
        if (type == SQLITE_INTEGER)
            return add_number(std::bit_cast<std::uint64_t>(sqlite3_value_int64(value)));
        if (type == SQLITE_FLOAT)
            return add_number(std::bit_cast<std::uint64_t>(sqlite3_value_double(value) + 0.0));
        const void* bytes = type == SQLITE_TEXT ? sqlite3_value_text(value) : sqlite3_value_blob(value);
        const int size = sqlite3_value_bytes(value);
        return size == 0 ||
               (bytes && EVP_DigestUpdate(context_.get(), bytes, static_cast<std::size_t>(size)) == 1);
    }

    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
    bool started_ = false;
    std::array<std::byte, 16> sum_{};
};

// The aggregate's own memory, which SQLite keeps, zeroed before the first row.
struct HeldSum {
    ValueSum* sum;
};

void step(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    auto* held = static_cast<HeldSum*>(sqlite3_aggregate_context(context, sizeof(HeldSum)));
    if (held && !held->sum)
        held->sum = new (std::nothrow) ValueSum; // no exception may pass through SQLite's C code
    if (!held || !held->sum) return sqlite3_result_error_nomem(context);
    if (!held->sum->add(values[0])) sqlite3_result_error(context, "the digest of a value can't be taken", -1);
}

void finish(sqlite3_context* context) {
    const auto* held = static_cast<HeldSum*>(sqlite3_aggregate_context(context, 0));
    const std::unique_ptr<ValueSum> sum(held ? held->sum : nullptr);
    const std::string text = sum ? sum->hexadecimal() : std::string(32, '0');
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

} // namespace

void register_value_digest(Database& database) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    if (sqlite3_create_function(database.handle(), "lockstep_digest", 1, flags, nullptr, nullptr, &step,
                                &finish) != SQLITE_OK)
        throw sqlite_error(database.handle(), database.failure(), "register the function", "lockstep_digest");
}

} // namespace lockstep
