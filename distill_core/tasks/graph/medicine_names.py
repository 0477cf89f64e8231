"""What the entities and relations of ``medicine`` are called, in the order of their ids.

In the files of the graph a name has underscores for its spaces, and "is a" is "isa".
"""


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(text.split()).split(", "))


ENTITIES = _names(
    """
    acquired abnormality, activity, age group, alga, amino acid peptide or protein, amino acid sequence, amphibian,
    anatomical abnormality, anatomical structure, animal, antibiotic, archaeon, bacterium, behavior, biologic
    function, biologically active substance, biomedical occupation or discipline, biomedical or dental material,
    bird, body location or region, body part organ or organ component, body space or junction, body substance, body
    system, carbohydrate, carbohydrate sequence, cell, cell component, cell function, cell or molecular dysfunction,
    chemical, chemical viewed functionally, chemical viewed structurally, classification, clinical attribute,
    clinical drug, conceptual entity, congenital abnormality, daily or recreational activity, diagnostic procedure,
    disease or syndrome, drug delivery device, educational activity, eicosanoid, element ion or isotope, embryonic
    structure, entity, environmental effect of humans, enzyme, event, experimental model of disease, family group,
    finding, fish, food, fully formed anatomical structure, functional concept, fungus, gene or genome, genetic
    function, geographic area, governmental or regulatory activity, group, group attribute, hazardous or poisonous
    substance, health care activity, health care related organization, hormone, human, human caused phenomenon or
    process, idea or concept, immunologic factor, indicator reagent or diagnostic aid, individual behavior, injury
    or poisoning, inorganic chemical, intellectual product, invertebrate, laboratory or test result, laboratory
    procedure, language, lipid, machine activity, mammal, manufactured object, medical device, mental or behavioral
    dysfunction, mental process, molecular biology research technique, molecular function, molecular sequence,
    natural phenomenon or process, neoplastic process, neuroreactive substance or biogenic amine, nucleic acid
    nucleoside or nucleotide, nucleotide sequence, occupation or discipline, occupational activity, organ or tissue
    function, organic chemical, organism, organism attribute, organism function, organization, organophosphorus
    compound, pathologic function, patient or disabled group, pharmacologic substance, phenomenon or process,
    physical object, physiologic function, plant, population group, professional or occupational group, professional
    society, qualitative concept, quantitative concept, receptor, regulation or law, reptile, research activity,
    research device, rickettsia or chlamydia, self help or relief organization, sign or symptom, social behavior,
    spatial concept, steroid, substance, temporal concept, therapeutic or preventive procedure, tissue, vertebrate,
    virus, vitamin
    """
)
RELATIONS = _names(
    """
    adjacent to, affects, analyzes, assesses effect of, associated with, carries out, causes, co-occurs with,
    complicates, conceptual part of, conceptually related to, connected to, consists of, contains, degree of,
    derivative of, developmental form of, diagnoses, disrupts, evaluation of, exhibits, indicates, ingredient of,
    interacts with, interconnects, is a, issue in, location of, manages, manifestation of, measurement of, measures,
    method of, occurs in, part of, performs, practices, precedes, prevents, process of, produces, property of,
    result of, surrounds, treats, uses
    """
)
