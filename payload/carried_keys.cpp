// The keys that `wrap` puts between an executable and its bundle: JSON, then a trailer that tells where they
// begin.
#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/distinct_keys.h"
#include "payload/error.h"
#include "payload/json_strict.h"

#include <algorithm>

namespace lockstep {
namespace {

const std::string keys_name = "the keys in the update executable";

std::string keys_json(const std::vector<PublicKey>& keys, int threshold) {
    Json list = Json::array();
    for (const PublicKey& key : keys) list.push_back(key.base64());
    return write_json({{"format", 1}, {"keys", std::move(list)}, {"threshold", threshold}}, keys_name);
}

void parse_keys(std::string_view json, BundleExtent& extent) {
    Fields fields(parse_json(json, keys_name), "", keys_name);
    fields.number("format", 1, 1);
    for (const std::string& key : fields.texts("keys"))
        extent.carried_keys.push_back(PublicKey::from_base64(key));
    extent.carried_keys = each_once(extent.carried_keys);
    extent.carried_threshold = fields.small_number("threshold", 1);
    fields.done();
    if (static_cast<std::size_t>(extent.carried_threshold) > extent.carried_keys.size())
        fields.refuse("threshold", "asks for more keys than there are");
}

} // namespace

std::string carried_keys(const std::vector<PublicKey>& keys, int threshold, std::uint64_t stub_size) {
    if (each_once(keys).size() < keys.size())
        throw Error(Code::wrong_usage, "write", keys_name, "one of them is given twice");
    if (keys.size() > trusted_keys_limit)
        throw Error(Code::wrong_usage, "write", keys_name,
                    "there are more than " + std::to_string(trusted_keys_limit));
    if (threshold < 1 || static_cast<std::size_t>(threshold) > keys.size())
        throw Error(Code::wrong_usage, "write", keys_name,
                    "the threshold must be from 1 to the number of keys");
    std::string block = keys_json(keys, threshold);
    if (block.size() > keys_limit) throw Error(Code::wrong_usage, "write", keys_name, "there are too many");
    block += little_endian(block.size()) + little_endian(stub_size);
    block += sha256(block);
    block += keys_magic;
    return block;
}

void read_carried_keys(const ByteSource& file, BundleExtent& extent, const std::string& subject) {
    const std::string damaged = "the keys before it are damaged or missing";
    if (extent.offset < keys_trailer_size) refuse_bundle(subject, damaged);
    const std::string trailer = read_part(file, extent.offset - keys_trailer_size, keys_trailer_size);
    if (!trailer.ends_with(keys_magic)) refuse_bundle(subject, damaged);
    const std::uint64_t json_size = from_little_endian(trailer);
    const std::uint64_t stub_size = from_little_endian(std::string_view(trailer).substr(8));
    const std::uint64_t before = extent.offset - keys_trailer_size;
    if (json_size > keys_limit || json_size > before || before - json_size != stub_size || stub_size == 0)
        refuse_bundle(subject, damaged);
    const std::string json = read_part(file, stub_size, json_size);
    if (sha256(json + trailer.substr(0, 16)) != trailer.substr(16, digest_size))
        refuse_bundle(subject, damaged);
    parse_keys(json, extent);
    extent.stub_size = stub_size;
}

} // namespace lockstep
