// A disk that is told each operation of a run, and can say what a power cut leaves of them: an operation that
// was not synced may be missing, though later ones are there. The model is that of "All File Systems Are Not
// Created Equal" (OSDI 2014): content is durable after a sync of the file, names after a sync of their
// folder, everything after a sync of the volume. Each operation on names happens as a whole or not at all,
// and those on one name happen in order: so it is with every journal and copy-on-write tree.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

using NodeNumber = std::uint64_t; // st_ino

struct DiskContent {
    std::string bytes;
    std::string sha256;
};
using Content = std::shared_ptr<const DiskContent>;
Content content_of(std::string bytes);

struct NodeRights {
    std::uint32_t mode = 0;
    std::uint32_t owner = 0;
    std::uint32_t group = 0;
};

struct DiskNode {
    bool folder = false;
    NodeRights rights;
    Content content;                         // of a file
    std::map<std::string, NodeNumber> names; // in a folder
};

struct DiskState {
    NodeNumber root = 0;
    std::map<NodeNumber, DiskNode> nodes; // some may have no name

    // What can be reached from the root, numbers included. Throws std::runtime_error where a node has two
    // names: no operation of Lockstep gives it two.
    std::string digest() const;
};

struct NamePlace {
    NodeNumber folder = 0;
    std::string name;
    friend bool operator==(const NamePlace&, const NamePlace&) = default;
};

struct DiskOperation {
    enum class Kind { write, resize, rights, link, unlink, rename, exchange };
    Kind kind;
    NodeNumber node = 0;            // that is written to; that the name stands for
    NamePlace place;                // of a link or unlink; where a rename takes it from; one of an exchange
    NamePlace other;                // where a rename puts it; the other one of an exchange
    NodeNumber other_node = 0;      // that stands at `other` before an exchange
    std::uint64_t offset = 0;       // of a write; the new size
    std::string data;               // of a write
    DiskNode made;                  // what a link gives its first name; its rights for `rights`
    std::size_t step = 0;           // when it was made: DiskLog::steps
    std::size_t durable = SIZE_MAX; // the number of steps after which nothing can lose it
    bool place_synced = false;
    bool other_synced = false;

    DiskOperation(Kind what, NodeNumber which, NamePlace at = {}, NamePlace to = {})
        : kind(what), node(which), place(std::move(at)), other(std::move(to)) {}
    bool on_names() const { return kind >= Kind::link; }
};
DiskOperation write_of(NodeNumber node, std::uint64_t offset, std::string data);

// How much of an operation is there after a power cut. What a write lacks of its data is what was there
// before; where the file was shorter, zeros, or garbage.
enum class Extent : std::uint8_t {
    missing,
    whole,
    first_512,
    all_but_first_512,
    first_4096,
    all_but_first_4096,
    zeros,
    garbage,
};

class DiskLog {
  public:
    explicit DiskLog(DiskState start);

    // Each adds a step, or goes on with the last one where one write continues another.
    void add(DiskOperation operation, const std::string& said);
    void sync_node(NodeNumber node, const std::string& said);
    void sync_names(NodeNumber folder, const std::string& said);
    void sync_all(const std::string& said);

    const std::vector<std::string>& steps() const { return steps_; } // what was called, for people
    const std::vector<DiskOperation>& operations() const { return operations_; }
    const DiskState& now() const { return now_; } // after everything

    // The start, and these operations: one Extent for each, the ones that are left out at the end missing.
    DiskState replay(const std::vector<Extent>& extents) const;
    // That an operation on names can't be there without the other, an earlier one.
    bool needs(std::size_t later, std::size_t earlier) const;

  private:
    bool continues_last(const DiskOperation& operation) const;
    void make_durable(std::size_t operation);
    void apply(DiskState& state, std::size_t operation, Extent extent) const;
    Content written(const Content& before, std::size_t operation, Extent extent) const;

    DiskState start_;
    DiskState now_;
    std::vector<DiskOperation> operations_;
    std::vector<std::string> steps_;
    // A content and what an operation makes of it: the same again for most states.
    mutable std::map<std::tuple<Content, std::size_t, Extent>, Content> written_;
};

} // namespace lockstep
