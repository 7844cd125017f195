// The part of oneDNN's C interface, version 3, that is called here. The library is loaded at run time; names and
// numbers are those of its interface.

#ifndef TANREN_ONEDNN_H
#define TANREN_ONEDNN_H

#include <stddef.h>
#include <stdint.h>

typedef struct dnnl_engine *dnnl_engine_t;
typedef struct dnnl_stream *dnnl_stream_t;
typedef struct dnnl_memory *dnnl_memory_t;
typedef struct dnnl_memory_desc *dnnl_memory_desc_t;
typedef const struct dnnl_memory_desc *const_dnnl_memory_desc_t;
typedef struct dnnl_primitive *dnnl_primitive_t;
typedef struct dnnl_primitive_desc *dnnl_primitive_desc_t;
typedef const struct dnnl_primitive_desc *const_dnnl_primitive_desc_t;
typedef struct dnnl_primitive_attr *dnnl_primitive_attr_t;

enum { dnnl_success = 0, dnnl_out_of_memory = 1, dnnl_unimplemented = 3 };
enum { dnnl_bf16 = 2, dnnl_f32 = 3 };
enum { dnnl_cpu = 1, dnnl_stream_in_order = 1, dnnl_scratchpad_mode_user = 1 };
enum { dnnl_format_tag_any = 1 };
enum { dnnl_forward_training = 64, dnnl_convolution_direct = 1 };
enum {
  dnnl_query_weights_md = 131,
  dnnl_query_diff_weights_md = 132,
  dnnl_query_scratchpad_md = 136
};
enum {
  DNNL_ARG_SRC = 1,
  DNNL_ARG_DST = 17,
  DNNL_ARG_WEIGHTS = 33,
  DNNL_ARG_SCRATCHPAD = 80,
  DNNL_ARG_DIFF_SRC = 129,
  DNNL_ARG_DIFF_DST = 145,
  DNNL_ARG_DIFF_WEIGHTS = 161
};
// Sets of instructions, as bits.
enum { dnnl_cpu_isa_avx512_core = 0x27, dnnl_cpu_isa_avx512_core_bf16 = 0xe7 };

// Extents, one an axis.
typedef int64_t dnnl_dims_t[12];

typedef struct {
  int arg;
  dnnl_memory_t memory;
} dnnl_exec_arg_t;

typedef struct {
  int major;
  int minor;
  int patch;
} dnnl_version_t;

// X(result, name, parameters) for each function.
#define TANREN_DNNL_FUNCTIONS(X)                                                                                      \
  X(const dnnl_version_t *, dnnl_version, (void))                                                                     \
  X(int, dnnl_get_effective_cpu_isa, (void))                                                                          \
  X(int, dnnl_set_primitive_cache_capacity, (int))                                                                    \
  X(int, dnnl_engine_create, (dnnl_engine_t *, int, size_t))                                                          \
  X(int, dnnl_stream_create, (dnnl_stream_t *, dnnl_engine_t, unsigned))                                              \
  X(int, dnnl_stream_wait, (dnnl_stream_t))                                                                           \
  X(int, dnnl_stream_destroy, (dnnl_stream_t))                                                                        \
  X(int, dnnl_memory_desc_create_with_strides,                                                                        \
    (dnnl_memory_desc_t *, int, const dnnl_dims_t, int, const dnnl_dims_t))                                           \
  X(int, dnnl_memory_desc_create_with_tag, (dnnl_memory_desc_t *, int, const dnnl_dims_t, int, int))                  \
  X(int, dnnl_memory_desc_destroy, (dnnl_memory_desc_t))                                                              \
  X(int, dnnl_memory_desc_equal, (const_dnnl_memory_desc_t, const_dnnl_memory_desc_t))                                \
  X(size_t, dnnl_memory_desc_get_size, (const_dnnl_memory_desc_t))                                                    \
  X(int, dnnl_memory_create, (dnnl_memory_t *, const_dnnl_memory_desc_t, dnnl_engine_t, void *))                      \
  X(int, dnnl_memory_set_data_handle, (dnnl_memory_t, void *))                                                        \
  X(int, dnnl_memory_destroy, (dnnl_memory_t))                                                                        \
  X(int, dnnl_primitive_attr_create, (dnnl_primitive_attr_t *))                                                       \
  X(int, dnnl_primitive_attr_set_scratchpad_mode, (dnnl_primitive_attr_t, int))                                       \
  X(int, dnnl_primitive_attr_destroy, (dnnl_primitive_attr_t))                                                        \
  X(const_dnnl_memory_desc_t, dnnl_primitive_desc_query_md, (const_dnnl_primitive_desc_t, int, int))                  \
  X(int, dnnl_primitive_desc_destroy, (dnnl_primitive_desc_t))                                                        \
  X(int, dnnl_primitive_create, (dnnl_primitive_t *, const_dnnl_primitive_desc_t))                                    \
  X(int, dnnl_primitive_execute, (dnnl_primitive_t, dnnl_stream_t, int, const dnnl_exec_arg_t *))                     \
  X(int, dnnl_primitive_destroy, (dnnl_primitive_t))                                                                  \
  X(int, dnnl_reorder_primitive_desc_create,                                                                          \
    (dnnl_primitive_desc_t *, const_dnnl_memory_desc_t, dnnl_engine_t, const_dnnl_memory_desc_t, dnnl_engine_t,       \
     dnnl_primitive_attr_t))                                                                                          \
  X(int, dnnl_matmul_primitive_desc_create,                                                                           \
    (dnnl_primitive_desc_t *, dnnl_engine_t, const_dnnl_memory_desc_t, const_dnnl_memory_desc_t,                      \
     const_dnnl_memory_desc_t, const_dnnl_memory_desc_t, dnnl_primitive_attr_t))                                      \
  X(int, dnnl_convolution_forward_primitive_desc_create,                                                              \
    (dnnl_primitive_desc_t *, dnnl_engine_t, int, int, const_dnnl_memory_desc_t, const_dnnl_memory_desc_t,            \
     const_dnnl_memory_desc_t, const_dnnl_memory_desc_t, const dnnl_dims_t, const dnnl_dims_t, const dnnl_dims_t,     \
     const dnnl_dims_t, dnnl_primitive_attr_t))                                                                       \
  X(int, dnnl_convolution_backward_data_primitive_desc_create,                                                        \
    (dnnl_primitive_desc_t *, dnnl_engine_t, int, const_dnnl_memory_desc_t, const_dnnl_memory_desc_t,                 \
     const_dnnl_memory_desc_t, const dnnl_dims_t, const dnnl_dims_t, const dnnl_dims_t, const dnnl_dims_t,            \
     const_dnnl_primitive_desc_t, dnnl_primitive_attr_t))                                                             \
  X(int, dnnl_convolution_backward_weights_primitive_desc_create,                                                     \
    (dnnl_primitive_desc_t *, dnnl_engine_t, int, const_dnnl_memory_desc_t, const_dnnl_memory_desc_t,                 \
     const_dnnl_memory_desc_t, const_dnnl_memory_desc_t, const dnnl_dims_t, const dnnl_dims_t, const dnnl_dims_t,     \
     const dnnl_dims_t, const_dnnl_primitive_desc_t, dnnl_primitive_attr_t))

// The functions of the library that was loaded; NULL before.
typedef struct TanrenDNNL {
  dnnl_engine_t engine;
#define X(result, name, parameters) result(*name) parameters;
  TANREN_DNNL_FUNCTIONS(X)
#undef X
} TanrenDNNL;

const TanrenDNNL *tanren_dnnl(void);

// The interface's number for an XLA element type, or 0.
int tanren_dnnl_type(int dtype);

#endif
