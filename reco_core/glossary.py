"""The words of the field, one sentence each, and what the symbols of the equations stand for.

The app's help and docs/glossary.md share them; figures have their sentence in evaluation/catalogue.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from reco_core.evaluation.catalogue import FIGURES


@dataclass(frozen=True)
class Term:
    """A word and the sentence that explains it."""

    name: str
    says: str


@dataclass(frozen=True)
class Symbol:
    """A symbol as LaTeX, and what it stands for."""

    tex: str
    says: str


_WORDS = (
    Term("Baseline", "A simple model without personal tastes, such as the global mean: what a real model has to beat."),
    Term("Batch", "The ratings in one step of the optimiser: large batches are faster, small ones step more often."),
    Term("Bias", "A number for each user and each item: how generous the user is, how well liked the item is."),
    Term("Cold start", "A user or item without a single training rating, about which the model knows nothing."),
    Term("Diverged", "The weights grew without bound, so the predictions mean nothing: a smaller learning rate helps."),
    Term("Dropout", "Dropping a random share of a layer's outputs during training, so that none is relied on alone."),
    Term("Early stopping", "Stopping when the validation metric no longer improves, and keeping the best epoch."),
    Term("Embedding", "The vector of numbers that a model learns for each user and each item."),
    Term("Epoch", "One pass over all training ratings."),
    Term("Held-out", "Ratings that the model is never trained on, so that its predictions of them can be judged."),
    Term("Item", "What users rate: a movie, a book, a song, a game, a product, whatever the data are about."),
    Term("L2", "Regularisation: a penalty on large weights, so that the model generalises instead of memorising."),
    Term("Learning rate", "The size of a training step: too large and the loss jumps, too small and nothing moves."),
    Term("Loss", "The number that training minimises."),
    Term("Negative", "An item that the user has not rated, sampled at random to be ranked below a rated one."),
    Term("Noise floor", "The error of even a perfect model, as the same person would not always give the same rating."),
    Term("Overfitting", "Memorising training ratings: training metrics improve while validation metrics get worse."),
    Term("Patience", "How many epochs in a row may pass without a better validation metric before training stops."),
    Term("Popularity", "The baseline for lists: the most rated items, the same for everybody."),
    Term("Seed", "The number that determines all random choices of a run: the same seed gives the same run."),
    Term("Split", "Which ratings are used for training, for validation and for the test."),
    Term("Test", "Held-out ratings that are scored once, at the end: nothing is chosen by looking at them."),
    Term("Validation", "Ratings held out of training and scored after every epoch, to choose when to stop."),
)  # fmt: skip
TERMS = tuple(sorted((*_WORDS, *(Term(f.at("k").title, f.says) for f in FIGURES)), key=lambda term: term.name.lower()))

# By the names that the specs of models use.
SYMBOLS = {
    "predicted": Symbol(r"\hat r_{ui}", "the predicted stars of user u for item i"),
    "rating": Symbol(r"r_{ui}", "the stars that user u gave item i"),
    "score": Symbol(r"s_{ui}", "the score of item i for user u: only its order counts"),
    "ensemble_score": Symbol(r"s^{(m)}_{ui}", "the score of run m"),
    "mean": Symbol(r"\mu", "the mean of all training ratings"),
    "user_mean": Symbol(r"\bar r_u", "the mean rating of user u"),
    "item_mean": Symbol(r"\bar r_i", "the mean rating of item i"),
    "user_bias": Symbol("b_u", "the bias of user u: how generous they are"),
    "item_bias": Symbol("b_i", "the bias of item i: how well liked it is"),
    "user_vector": Symbol("p_u", "the vector of user u"),
    "item_vector": Symbol("q_i", "the vector of item i"),
    "dot": Symbol(r"p_u^\top q_i", "the dot product of both vectors"),
    "joined": Symbol("[p_u; q_i]", "both vectors, concatenated"),
    "output": Symbol("s(x)", "the output function, by default a sigmoid stretched to the scale of the stars"),
    "hidden": Symbol("h", "the hidden layer"),
    "layers": Symbol("h_l", "hidden layer l of L"),
    "before_relu": Symbol("z_l", "layer l before the ReLU"),
    "activation": Symbol(r"\phi", "the activation of the hidden layer"),
    "activations": Symbol(r"\phi_l", "the activation of layer l"),
    "weights": Symbol("W, a, w, c", "learned weights"),
    "layer_weights": Symbol("W_l, a_l, w, c", "learned weights"),
    "batch_norm": Symbol(r"\mathrm{BN}", "batch normalisation"),
    "whole_vectors": Symbol("v_u, v_i", "the complete vectors of user u and item i"),
    "user_implied": Symbol("y_{N(u)}", "the sum of vectors of all items that user u rated"),
    "item_implied": Symbol("x_{N(i)}", "the sum of vectors of all users who rated item i"),
    "user_facts": Symbol("A a_u", "the features of user u (age, occupation, ...) as a vector"),
    "item_facts": Symbol("C c_i", "the features of item i (genres, year) as a vector"),
    "rated_by": Symbol("R_u", "the items that user u rated"),
    "rated_pairs": Symbol("R", "all pairs (u, i) with a rating"),
    "item_weights": Symbol("B", "the weight of each item j for each item i, with 0 for itself"),
    "inverse": Symbol("P, I", "a matrix computed from G, and the identity matrix"),
    "gram": Symbol(r"G, X^\top X", "how often two items were rated by the same user; X holds 1 for each rating"),
    "features": Symbol(r"F, \beta", "genres and years of the items, and their weight"),
    "ridge": Symbol(r"\lambda", "the strength of L2"),
    "unrated_weight": Symbol("w", "the weight of pairs without a rating"),
    "counts": Symbol("n_u, n_i", "how many ratings user u and item i have"),
    "item_count": Symbol("n_i", "how many ratings item i has"),
    "difference": Symbol("d_{uij}", "by how much rated item i outscores item j, which user u did not rate"),
    "sigmoid": Symbol(r"\sigma(x)", "the sigmoid, which turns a difference into a probability"),
    "towers": Symbol("f, g", "the networks of users and of items"),
    "temperature": Symbol(r"\tau", "the temperature: smaller values sharpen differences"),
    "corrected": Symbol("d_{ui}", "the score, corrected for how often item i is sampled"),
    "drawn": Symbol("p_i", "the share of the ratings that item i has"),
    "neighbours": Symbol("N(i)", "the nearest neighbours of item i"),
    "similarity": Symbol(r"\mathrm{sim}(i, j)", "how similar items i and j are, by who rated them"),
    "shared": Symbol("n_{ij}", "how many users rated both items"),
    "shrinkage": Symbol(r"\lambda", "the shrinkage: few shared users count less"),
    "damping": Symbol(r"\lambda_u, \lambda_i", "the damping: few ratings move a bias less"),
    "run_weights": Symbol("w_m", "the weight of run m: non-negative, summing to 1"),
    "run_prediction": Symbol(r"\hat r^{(m)}_{ui}", "the stars that run m predicts"),
    "run_spread": Symbol(r"\bar s^{(m)}_u, \sigma^{(m)}_u", "mean and standard deviation of run m's scores for user u"),
}


def meaning(name: str) -> str:
    """The sentence of a term, whatever its case; of a figure at any k: `NDCG@10` is `NDCG@k`."""
    wanted = name.partition("@")[0].lower()
    found = next((term for term in TERMS if term.name.partition("@")[0].lower() == wanted), None)
    if found is None:
        raise LookupError(f"The glossary has no entry for {name}.")
    return found.says


def meaning_of_setting(name: str) -> str:
    """The sentence of the term that a model's setting is called by, such as `bias_l2`; empty where there is none."""
    term = _SETTINGS.get(name)
    return meaning(term) if term else ""


_SETTINGS = {
    "dim": "Embedding", "l2": "L2", "bias_l2": "Bias", "epochs": "Epoch", "patience": "Patience",
    "learning_rate": "Learning rate", "batch_size": "Batch", "loss": "Loss", "dropout": "Dropout",
    "negatives": "Negative",
}  # fmt: skip
