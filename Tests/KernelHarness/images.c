#include "harness.h"

// Calls of the kernels that need nothing but themselves, on images and batches.

static int image_type(Random *random) { return random_chance(random, 50) ? XLA_FFI_DataType_F32 : XLA_FFI_DataType_BF16; }

// Mostly few, now and then so many that they come in several blocks.
static int64_t extent(Random *random, int64_t few, int64_t many) {
  return random_between(random, 1, random_chance(random, 10) ? many : few);
}

static void make_batch(Random *random, int type, int64_t *rank, int64_t dims[MOST_AXES]) {
  *rank = random_between(random, 2, 4);
  for (int64_t axis = 0; axis < *rank - 2; axis++) dims[axis] = random_between(random, 1, 4);
  dims[*rank - 2] = extent(random, 40, type == XLA_FFI_DataType_F32 ? 3000 : 6000);
  dims[*rank - 1] = extent(random, 20, 130);
}

static void make_batch_normalization(Random *random, Call *call) {
  int type = image_type(random);
  int64_t rank, dims[MOST_AXES];
  make_batch(random, type, &rank, dims);
  const int64_t *channels = dims + rank - 1;
  add_argument(call, type, rank, dims);
  add_argument(call, XLA_FFI_DataType_F32, 1, channels);
  add_argument(call, XLA_FFI_DataType_F32, 1, channels);
  add_result(call, type, rank, dims);
  add_result(call, XLA_FFI_DataType_F32, 1, channels);
  add_result(call, XLA_FFI_DataType_F32, 1, channels);
  add_real(call, "epsilon", 1e-3);
  add_integer(call, "relu", random_between(random, 0, 1));
}

static void make_batch_normalization_gradient(Random *random, Call *call) {
  int type = image_type(random);
  int64_t rank, dims[MOST_AXES];
  make_batch(random, type, &rank, dims);
  const int64_t *channels = dims + rank - 1;
  add_argument(call, type, rank, dims);
  for (int i = 1; i < 5; i++) add_argument(call, XLA_FFI_DataType_F32, 1, channels)->content = i == 4 ? POSITIVE : NUMBERS;
  add_argument(call, type, rank, dims);
  for (int i = 6; i < 8; i++) add_argument(call, XLA_FFI_DataType_F32, 1, channels);
  add_result(call, type, rank, dims);
  add_result(call, XLA_FFI_DataType_F32, 1, channels);
  add_result(call, XLA_FFI_DataType_F32, 1, channels);
  add_real(call, "epsilon", 1e-3);
  add_integer(call, "relu", random_between(random, 0, 1));
}

static void make_sum(Random *random, Call *call) {
  int type = image_type(random);
  int64_t outer = random_between(random, 0, 2), rows = random_between(random, 1, 2), columns = random_between(random, 0, 2);
  int64_t rank = outer + rows + columns, dims[MOST_AXES], rest[MOST_AXES], count = 0;
  for (int64_t axis = 0; axis < rank; axis++) {
    dims[axis] = axis == outer ? extent(random, 100, 3000) : random_between(random, 1, 9);
    if (axis < outer || axis >= outer + rows) rest[count++] = dims[axis];
  }
  add_argument(call, type, rank, dims);
  add_result(call, type, count, rest);
  add_integer(call, "outer", outer);
  add_integer(call, "rows", rows);
}

// Extents of rows; the rank is returned.
static int64_t make_rows(Random *random, int64_t dims[MOST_AXES]) {
  int64_t rank = random_between(random, 1, 3);
  for (int64_t axis = 0; axis < rank - 1; axis++) dims[axis] = extent(random, 20, 900);
  dims[rank - 1] = extent(random, 70, 3000);
  if (rank == 3) dims[0] = random_between(random, 1, 4);
  return rank;
}

// Logits and targets, and a row's cotangents.
static void make_cross_entropy_of(Random *random, Call *call, bool is_gradient) {
  int type = image_type(random);
  int64_t dims[MOST_AXES], rank = make_rows(random, dims);
  add_argument(call, type, rank, dims);
  add_argument(call, type, rank, dims)->content = POSITIVE;
  if (is_gradient) add_argument(call, type, rank - 1, dims);
  add_result(call, type, is_gradient ? rank : rank - 1, dims);
}

static void make_cross_entropy(Random *random, Call *call) { make_cross_entropy_of(random, call, false); }

static void make_cross_entropy_gradient(Random *random, Call *call) { make_cross_entropy_of(random, call, true); }

static void make_softmax_of(Random *random, Call *call, bool is_gradient) {
  int type = image_type(random);
  int64_t dims[MOST_AXES], rank = make_rows(random, dims);
  add_argument(call, type, rank, dims);
  if (is_gradient) add_argument(call, type, rank, dims);
  add_result(call, type, rank, dims);
}

static void make_softmax(Random *random, Call *call) { make_softmax_of(random, call, false); }

static void make_softmax_gradient(Random *random, Call *call) { make_softmax_of(random, call, true); }

// Rows, and a scale and an offset for all or for each of the groups that are the first axes.
static void make_layer_normalization_of(Random *random, Call *call, bool is_gradient) {
  int type = image_type(random);
  int64_t rank, dims[MOST_AXES], own[MOST_AXES];
  make_batch(random, type, &rank, dims);
  int64_t groups = random_between(random, 0, rank - 2);
  for (int64_t axis = 0; axis < groups; axis++) own[axis] = dims[axis];
  own[groups] = dims[rank - 1];
  add_argument(call, type, rank, dims);
  add_argument(call, XLA_FFI_DataType_F32, groups + 1, own);
  if (is_gradient) add_argument(call, type, rank, dims);
  if (!is_gradient) add_argument(call, XLA_FFI_DataType_F32, groups + 1, own);
  add_result(call, type, rank, dims);
  for (int i = 1; is_gradient && i < 3; i++) add_result(call, XLA_FFI_DataType_F32, groups + 1, own);
  add_real(call, "epsilon", 1e-3);
}

static void make_layer_normalization(Random *random, Call *call) { make_layer_normalization_of(random, call, false); }

static void make_layer_normalization_gradient(Random *random, Call *call) { make_layer_normalization_of(random, call, true); }

// Images and their pooled ones.
static void make_pool(Random *random, Call *call, int64_t *rank, int64_t images[MOST_AXES], int64_t pooled[MOST_AXES]) {
  *rank = random_between(random, 3, 5);
  int64_t window[2], space = *rank - 3;
  for (int64_t axis = 0; axis < space; axis++) images[axis] = pooled[axis] = random_between(random, 1, 3);
  for (int i = 0; i < 2; i++) {
    window[i] = random_chance(random, 50) ? 2 : random_between(random, 1, 4);
    images[space + i] = random_between(random, window[i], window[i] + 12);
    pooled[space + i] = images[space + i] / window[i];
  }
  images[space + 2] = pooled[space + 2] = extent(random, 20, 600);
  add_integers(call, "window", 2, window);
}

static void make_max_pool(Random *random, Call *call) {
  int type = image_type(random);
  int64_t rank, images[MOST_AXES], pooled[MOST_AXES];
  make_pool(random, call, &rank, images, pooled);
  add_argument(call, type, rank, images);
  add_result(call, type, rank, pooled);
}

static void make_max_pool_gradient(Random *random, Call *call) {
  int type = image_type(random);
  int64_t rank, images[MOST_AXES], pooled[MOST_AXES];
  make_pool(random, call, &rank, images, pooled);
  add_argument(call, type, rank, images);
  add_argument(call, type, rank, pooled);
  add_argument(call, type, rank, pooled);
  add_result(call, type, rank, images);
}

static void make_affine_sampling(Random *random, Call *call) {
  int kind = (int)random_between(random, 0, 2);
  int from = kind == 0 ? XLA_FFI_DataType_U8 : kind == 1 ? XLA_FFI_DataType_F32 : XLA_FFI_DataType_BF16;
  int to = kind == 2 ? XLA_FFI_DataType_BF16 : XLA_FFI_DataType_F32;
  int64_t rank = random_between(random, 3, 5), dims[MOST_AXES], maps[MOST_AXES];
  for (int64_t axis = 0; axis < rank - 3; axis++) dims[axis] = maps[axis] = random_between(random, 1, 3);
  dims[rank - 3] = random_between(random, 1, 70);
  dims[rank - 2] = random_between(random, 1, 70);
  dims[rank - 1] = random_chance(random, 60) ? 1 + 2 * random_between(random, 0, 1) : random_between(random, 1, 5);
  maps[rank - 3] = 6;
  add_argument(call, from, rank, dims);
  add_argument(call, XLA_FFI_DataType_F32, rank - 2, maps);
  add_result(call, to, rank, dims);
  add_integer(call, "fill", random_between(random, 0, 3));
  add_real(call, "value", 0.5);
}

// States and 32 or 64 bits drawn from each.
static void make_random_bits(Random *random, Call *call) {
  int64_t rank = random_between(random, 0, 4), batch = random_between(random, 0, 2), dims[MOST_AXES];
  for (int64_t axis = 0; axis < batch + rank; axis++) dims[axis] = random_between(random, axis < batch ? 1 : 0, 9);
  if (rank == 1) dims[batch] = extent(random, 100, 30000);
  add_result(call, random_chance(random, 50) ? XLA_FFI_DataType_U32 : XLA_FFI_DataType_U64, batch + rank, dims);
  dims[batch] = 2;
  add_argument(call, XLA_FFI_DataType_U64, batch + 1, dims);
}

// States and a number for each.
static void make_folded_key(Random *random, Call *call) {
  int64_t batch = random_between(random, 0, 2), dims[MOST_AXES];
  for (int64_t axis = 0; axis < batch; axis++) dims[axis] = random_between(random, 0, 9);
  dims[batch] = 2;
  add_argument(call, XLA_FFI_DataType_U64, batch + 1, dims);
  add_argument(call, XLA_FFI_DataType_U64, batch, dims);
  add_result(call, XLA_FFI_DataType_U64, batch + 1, dims);
}

static void make_barrier(Random *random, Call *call) {
  for (int i = 0, count = (int)random_between(random, 1, MOST_ARRAYS); i < count; i++) {
    int type = random_chance(random, 20) ? XLA_FFI_DataType_U8 : image_type(random);
    int64_t rank = random_between(random, 0, 4), dims[MOST_AXES];
    for (int64_t axis = 0; axis < rank; axis++) dims[axis] = random_between(random, 0, 9);
    add_argument(call, type, rank, dims);
    add_result(call, type, rank, dims);
  }
}

const Maker image_makers[] = {
  {"tanren.barrier.", make_barrier, NULL},
  {"tanren.random_bits.", make_random_bits, NULL},
  {"tanren.folded_key.", make_folded_key, NULL},
  {"tanren.batch_normalization_gradient.", make_batch_normalization_gradient, NULL},
  {"tanren.batch_normalization.", make_batch_normalization, NULL},
  {"tanren.sum.", make_sum, NULL},
  {"tanren.cross_entropy_gradient.", make_cross_entropy_gradient, NULL},
  {"tanren.cross_entropy.", make_cross_entropy, NULL},
  {"tanren.softmax_gradient.", make_softmax_gradient, NULL},
  {"tanren.softmax.", make_softmax, NULL},
  {"tanren.layer_normalization_gradient.", make_layer_normalization_gradient, NULL},
  {"tanren.layer_normalization.", make_layer_normalization, NULL},
  {"tanren.max_pool_gradient.", make_max_pool_gradient, NULL},
  {"tanren.max_pool.", make_max_pool, NULL},
  {"tanren.affine_sampling.", make_affine_sampling, NULL},
  {NULL, NULL, NULL},
};
