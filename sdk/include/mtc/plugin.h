/* SPDX-License-Identifier: Apache-2.0
 *
 * The mtc plugin ABI: everything that a plugin and its host know of each other.
 *
 * A plugin is one shared object that exports one function, mtc_plugin_query_dev(), and carries its
 * declaration (plugin.toml) in the ELF section `.mtc.manifest`. The host is `mtc-worker`: one process,
 * one plugin, one action. The header needs a C11 compiler and nothing else.
 *
 * Rules of every structure
 *   - It starts with `uint32_t struct_size, flags`. The side that fills it writes sizeof of the version
 *     it was compiled with; the side that reads it tests MTC_HAS_FIELD before it touches a field.
 *   - Fields are only ever appended. Zero and NULL mean "default" or "absent".
 *   - Fixed-width integers, doubles and pointers only; explicit padding; size a multiple of 8.
 *   - mtc_string and mtc_dtype are plain values, passed by value, and are frozen.
 * Rules of every function
 *   - Strings are UTF-8, not NUL-terminated, borrowed for the duration of the call; the receiver copies.
 *     What a host service hands out lives until the action ends.
 *   - It returns an mtc_code. A non-zero code that a plugin returns must be explained with host->fail().
 *   - Threads: [stage] the thread that called the plugin, never two at a time; [any] any thread.
 *   - No C++ exception may leave a plugin. Nothing that one side allocated is freed by the other.
 *
 * Until 1.0.0 the layout may change (a line in CHANGELOG.md each time) and the symbol ends in `_dev`.
 */
#ifndef MTC_PLUGIN_H
#define MTC_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI that this header describes. A host and a plugin each name a range; they meet at the highest
 * number that both know, or the plugin is refused and both ranges are printed. */
#define MTC_ABI_VERSION 1u

#define MTC_EXPORT __attribute__((visibility("default")))

/* True when `field` lies within the structure that the other side filled. */
#define MTC_HAS_FIELD(pointer, type, field) \
  ((pointer)->struct_size >= offsetof(type, field) + sizeof((pointer)->field))

/* ---- Plain values -------------------------------------------------------------------------- */

typedef struct mtc_string {
  const char* data; /* may be NULL when size is 0 */
  uint64_t size;    /* bytes */
} mtc_string;

/* Canonical status codes. */
typedef int32_t mtc_code;
enum {
  MTC_OK = 0,
  MTC_CANCELLED = 1,
  MTC_UNKNOWN = 2,
  MTC_INVALID_ARGUMENT = 3, /* the user's input is wrong, whatever the state of the system */
  MTC_DEADLINE_EXCEEDED = 4,
  MTC_NOT_FOUND = 5,
  MTC_ALREADY_EXISTS = 6,
  MTC_PERMISSION_DENIED = 7,
  MTC_RESOURCE_EXHAUSTED = 8, /* memory, disk, descriptors, devices */
  MTC_FAILED_PRECONDITION = 9,
  MTC_ABORTED = 10,
  MTC_OUT_OF_RANGE = 11,
  MTC_UNIMPLEMENTED = 12, /* operator, element type or feature that is not supported */
  MTC_INTERNAL = 13,      /* a broken invariant: a bug */
  MTC_UNAVAILABLE = 14,
  MTC_DATA_LOSS = 15 /* truncated or corrupt file */
};

/* Element type of a tensor. {kind, bits} covers types that are not born yet; `format` tells apart
 * floats of equal width (0 = IEEE 754). Elements under 8 bits are packed, low bits first. */
typedef struct mtc_dtype {
  uint8_t kind; /* MTC_KIND_* */
  uint8_t bits;
  uint16_t format; /* MTC_FORMAT_* */
} mtc_dtype;
enum { MTC_KIND_UINT = 0, MTC_KIND_INT = 1, MTC_KIND_FLOAT = 2, MTC_KIND_BOOL = 3 };
enum { MTC_FORMAT_IEEE = 0, MTC_FORMAT_BFLOAT = 1, MTC_FORMAT_E4M3FN = 2, MTC_FORMAT_E5M2 = 3 };

#define MTC_MAX_RANK 8

/* ---- Tensors ------------------------------------------------------------------------------- */

enum { MTC_MEMORY_HOST = 0 };

typedef struct mtc_tensor {
  uint32_t struct_size;
  uint32_t flags;
  mtc_dtype dtype;
  uint32_t rank;           /* 0..MTC_MAX_RANK */
  const int64_t* shape;    /* `rank` extents */
  const int64_t* strides;  /* in elements; NULL = dense, row-major */
  void* data;              /* owned by the caller */
  uint64_t bytes;          /* bytes in use */
  uint64_t capacity;       /* bytes available at `data` */
  uint32_t memory;         /* MTC_MEMORY_* */
  uint32_t reserved;
} mtc_tensor;

/* An input or an output of a model. */
typedef struct mtc_io {
  uint32_t struct_size;
  uint32_t flags;
  mtc_string name; /* valid until the session is closed */
  mtc_dtype dtype;
  uint32_t rank;
  int64_t shape[MTC_MAX_RANK]; /* -1 = symbolic, any extent */
  double scale;                /* of a quantized tensor; 0 = not quantized */
  int64_t zero_point;
} mtc_io;

/* ---- Host ---------------------------------------------------------------------------------- */

enum {
  MTC_ERROR_RETRYABLE = 1u,   /* the same call may succeed later */
  MTC_ERROR_PLUGIN_FAULT = 2u /* a bug in the plugin; absent: the user's input or the environment */
};

typedef struct mtc_error {
  uint32_t struct_size;
  uint32_t flags; /* MTC_ERROR_* */
  mtc_code code;
  uint32_t reserved;
  mtc_string message; /* what is wrong */
  mtc_string where;   /* file, node, tensor or parameter; may be empty */
  mtc_string hint;    /* what to do; may be empty */
} mtc_error;

typedef struct mtc_host mtc_host;
struct mtc_host {
  uint32_t struct_size;
  uint32_t flags;
  void* context; /* the host's own */
  /* [any] The service `id` ("mtc.log/1"), or NULL where this host has none. Lives as long as the host. */
  const void* (*service)(const mtc_host* host, mtc_string id);
  /* [any] Explains the failure that the running call is about to return. The last one counts. */
  void (*fail)(const mtc_host* host, const mtc_error* error);
  /* [stage] Why the last call of a service on this thread was refused: fills `error`, whose struct_size the
   * caller has set. The strings live until the next call of a service. */
  void (*last_error)(const mtc_host* host, mtc_error* error);
};

/* mtc.log/1: lines for the action's log. */
enum { MTC_LOG_DEBUG = 0, MTC_LOG_INFO = 1, MTC_LOG_WARNING = 2, MTC_LOG_ERROR = 3 };
typedef struct mtc_log_v1 {
  uint32_t struct_size;
  uint32_t flags;
  void (*write)(const mtc_host* host, int32_t level, mtc_string message); /* [any] */
} mtc_log_v1;

/* mtc.progress/1: shown live; also tells the host that the action is not stalled. */
typedef struct mtc_progress_v1 {
  uint32_t struct_size;
  uint32_t flags;
  /* [any] `done` of `total` `unit`s of `phase`; total 0 = unknown. */
  void (*update)(const mtc_host* host, mtc_string phase, uint64_t done, uint64_t total, mtc_string unit);
} mtc_progress_v1;

/* mtc.cancel/1: a plugin polls it at least every second and then returns MTC_CANCELLED. */
typedef struct mtc_cancel_v1 {
  uint32_t struct_size;
  uint32_t flags;
  int32_t (*requested)(const mtc_host* host); /* [any] 1 when the action should end */
} mtc_cancel_v1;

/* mtc.config/1: the action's parameters by name, defaults filled in and ranges checked by the host.
 * Every parameter is a list; a scalar is a list of one. Reading a name that plugin.toml does not declare,
 * or with another type than declared, is an error: it keeps the cache key honest.
 * Where the stage declares that it reads a target's capability document, that document's values are
 * parameters too: `target.id`, and `target.` + dotted key for the sections declared (`target.quant.scheme`). */
typedef struct mtc_config_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*count)(const mtc_host* host, mtc_string name, uint64_t* count); /* [stage], as all here */
  mtc_code (*boolean)(const mtc_host* host, mtc_string name, uint64_t index, int32_t* value);
  mtc_code (*integer)(const mtc_host* host, mtc_string name, uint64_t index, int64_t* value);
  mtc_code (*number)(const mtc_host* host, mtc_string name, uint64_t index, double* value);
  mtc_code (*text)(const mtc_host* host, mtc_string name, uint64_t index, mtc_string* value);
} mtc_config_v1;

/* mtc.artifact/1: files and folders in and out. */
typedef struct mtc_artifact_v1 {
  uint32_t struct_size;
  uint32_t flags;
  /* [stage] How many values the input `name` has: 0 = an optional one was not given, >1 only for `many`. */
  mtc_code (*input_count)(const mtc_host* host, mtc_string name, uint64_t* count);
  /* [stage] Absolute path of a read-only file or folder. */
  mtc_code (*input)(const mtc_host* host, mtc_string name, uint64_t index, mtc_string* path);
  /* [stage] Absolute path at which the plugin must create the declared output: a file, or a folder
   * that exists already. Committed by the host only after the action succeeded. */
  mtc_code (*output)(const mtc_host* host, mtc_string name, mtc_string* path);
  /* [stage] A property of the artifact that `compile` makes (`entry`, `scheme`), kept in artifact.toml. */
  mtc_code (*property)(const mtc_host* host, mtc_string key, mtc_string value);
} mtc_artifact_v1;

/* mtc.dataset/1: samples after preprocessing, as the model takes them. */
typedef struct mtc_dataset_info {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t samples;
  uint64_t classes; /* 0 = not known or no labels */
  uint32_t has_labels;
  mtc_dtype dtype; /* float32 after preprocessing, else the array's own type */
  uint32_t reserved;
  uint32_t rank;               /* of one sample, without the batch axis */
  int64_t shape[MTC_MAX_RANK]; /* of one sample */
} mtc_dataset_info;
typedef struct mtc_dataset_v1 {
  uint32_t struct_size;
  uint32_t flags;
  /* [stage] Describes the input `name` of type dataset. */
  mtc_code (*info)(const mtc_host* host, mtc_string name, mtc_dataset_info* info);
  /* [stage] Fills order[0..samples) with a permutation that depends on `seed` alone. */
  mtc_code (*order)(const mtc_host* host, mtc_string name, uint64_t seed, uint64_t* order);
  /* [stage] Writes the `count` samples `indices` densely to `data` ([count, shape...]); `capacity` in bytes. */
  mtc_code (*read)(const mtc_host* host, mtc_string name, const uint64_t* indices, uint64_t count, void* data,
                   uint64_t capacity);
  /* [stage] Class indices of the samples `indices`. MTC_FAILED_PRECONDITION when there are no labels. */
  mtc_code (*labels)(const mtc_host* host, mtc_string name, const uint64_t* indices, uint64_t count,
                     int64_t* labels);
} mtc_dataset_v1;

/* mtc.metric/1: the numbers of a stage. Only names declared in plugin.toml. Fractions are 0..1. */
typedef struct mtc_metric_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*report)(const mtc_host* host, mtc_string name, double value); /* [stage] final value */
} mtc_metric_v1;

/* mtc.scratch/1: an empty private folder, removed after the action. */
typedef struct mtc_scratch_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*folder)(const mtc_host* host, mtc_string* path); /* [stage] */
} mtc_scratch_v1;

/* mtc.checkpoint/1: what a long stage has reached, for the next attempt of the same action (same plugin, inputs
 * and parameters) when this one is killed, interrupted or fails. Stages that declare `checkpoints = true` have
 * it, others and some hosts do not. A stage that continues must end with the same bytes as one that was never
 * disturbed; a stage never fails for want of a checkpoint. The host removes all of them after success. */
typedef struct mtc_checkpoint_v1 {
  uint32_t struct_size;
  uint32_t flags;
  /* [stage] Folder of the newest checkpoint, read-only, there until the next commit; size 0 when there is none.
   * What was damaged meanwhile is passed over, with a warning. */
  mtc_code (*newest)(const mtc_host* host, mtc_string* folder);
  /* [stage] An empty folder: write any files into it, then commit or discard. What an earlier call of begin
   * started is dropped. */
  mtc_code (*begin)(const mtc_host* host, mtc_string* folder);
  /* [stage] Makes what is in that folder the newest checkpoint, in one step, and removes the older one. `label`
   * tells people what it is ("after epoch 3 of 10"). MTC_RESOURCE_EXHAUSTED when the disk is full: the older
   * one stays, and the stage goes on. */
  mtc_code (*commit)(const mtc_host* host, mtc_string label);
  /* [stage] Drops what begin started, for instance because it could not be written. */
  mtc_code (*discard)(const mtc_host* host);
} mtc_checkpoint_v1;

/* mtc.dependency/1: where the host found a library or tool that plugin.toml declares. Its digest is part
 * of the action's key, so a plugin uses this path and no other. */
typedef struct mtc_dependency_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*path)(const mtc_host* host, mtc_string name, mtc_string* path); /* [stage] */
} mtc_dependency_v1;

/* mtc.exec/1: runs a declared tool as a child that ends with the action. */
typedef struct mtc_exec {
  uint32_t struct_size;
  uint32_t flags;
  const mtc_string* argv; /* argv[0] is the name of a declared tool */
  uint64_t argc;
  mtc_string folder;        /* working folder; empty = scratch */
  const mtc_string* environment; /* NAME=VALUE, added to the host's */
  uint64_t environment_count;
  int64_t exit_code;        /* out; 128 + signal when killed */
  mtc_string output;        /* out: stdout and stderr, the last 64 KiB; valid until the next call */
} mtc_exec;
typedef struct mtc_exec_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*run)(const mtc_host* host, mtc_exec* exec); /* [stage] */
} mtc_exec_v1;

/* ---- Plugin -------------------------------------------------------------------------------- */

typedef struct mtc_plugin mtc_plugin;
struct mtc_plugin {
  uint32_t struct_size;
  uint32_t flags;
  /* [stage] Makes an instance. `host` outlives it. */
  mtc_code (*create)(const mtc_host* host, void** instance);
  /* [stage] Ends an instance. */
  void (*destroy)(void* instance);
  /* [any] The interface `id` ("mtc.stage/1"), or NULL. Lives as long as the library. */
  const void* (*interface)(mtc_string id);
};

/* mtc.stage/1: the stages that plugin.toml lists. */
typedef struct mtc_stage_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*run)(void* instance, mtc_string stage); /* [stage] */
} mtc_stage_v1;

/* mtc.target/1: input `model` (an ONNX file) → output `artifact` (a folder). */
typedef struct mtc_target_v1 {
  uint32_t struct_size;
  uint32_t flags;
  mtc_code (*compile)(void* instance, mtc_string target); /* [stage] */
} mtc_target_v1;

/* mtc.session/1: how the host runs an artifact. The host owns the loop and the clock. */
typedef struct mtc_session_v1 {
  uint32_t struct_size;
  uint32_t flags;
  /* [stage] Loads what `compile` wrote (a folder), or for target `reference` an ONNX file. */
  mtc_code (*open)(void* instance, mtc_string path, void** session);
  void (*close)(void* session); /* [stage] */
  mtc_code (*io_count)(void* session, uint64_t* inputs, uint64_t* outputs);            /* [stage] */
  mtc_code (*input)(void* session, uint64_t index, mtc_io* io);                        /* [stage] */
  mtc_code (*output)(void* session, uint64_t index, mtc_io* io);                       /* [stage] */
  /* [stage] Shapes of all outputs for inputs of these shapes (only dtype, rank and shape are read).
   * Writes rank and extents into `outputs[i].rank` and outputs[i].shape[0..8). */
  mtc_code (*resolve_shapes)(void* session, const mtc_tensor* inputs, uint64_t input_count, mtc_io* outputs,
                             uint64_t output_count);
  /* [stage] One inference. Output memory is the caller's; every `data` is aligned to 64 bytes. */
  mtc_code (*run)(void* session, const mtc_tensor* inputs, uint64_t input_count, mtc_tensor* outputs,
                  uint64_t output_count);
  /* [any] Asks a running `run` to end early. May be NULL. */
  void (*interrupt)(void* session);
} mtc_session_v1;

/* ---- Entry --------------------------------------------------------------------------------- */

enum { MTC_SANITIZER_NONE = 0, MTC_SANITIZER_ADDRESS = 1, MTC_SANITIZER_THREAD = 2, MTC_SANITIZER_MEMORY = 3 };

typedef struct mtc_query_in {
  uint32_t struct_size;
  uint32_t flags;
  uint32_t abi_min; /* what the host speaks */
  uint32_t abi_max;
  uint32_t sanitizer; /* MTC_SANITIZER_* that the host was built with */
  uint32_t reserved;
  mtc_string host_version;
} mtc_query_in;

typedef struct mtc_query_out {
  uint32_t struct_size; /* set by the host before the call */
  uint32_t flags;
  uint32_t abi_min; /* what the plugin speaks; always filled */
  uint32_t abi_max;
  uint32_t abi; /* chosen; 0 = no overlap */
  uint32_t sanitizer;
  const mtc_plugin* plugin;
} mtc_query_out;

/* The one exported symbol. No side effects; may be called any number of times. Returns MTC_OK, or
 * MTC_FAILED_PRECONDITION when the ranges do not overlap. */
typedef mtc_code (*mtc_plugin_query_function)(const mtc_query_in* in, mtc_query_out* out);
#define MTC_PLUGIN_QUERY_SYMBOL "mtc_plugin_query_dev"
MTC_EXPORT mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out);

#ifdef __cplusplus
}
#endif

#endif /* MTC_PLUGIN_H */
