"""the visitor form as data: questions, answers, consents by purpose, real names, notices."""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table('consent_texts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_consent_texts_expo_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_texts')),
    sa.UniqueConstraint('expo_id', 'purpose', 'version', name=op.f('uq_consent_texts_expo_id_purpose_version'))
    )
    op.create_table('decision_texts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('refusing', sa.Boolean(), nullable=False),
    sa.Column('text_zh', sa.String(length=1000), nullable=False),
    sa.Column('text_en', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_decision_texts_expo_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_texts'))
    )
    with op.batch_alter_table('decision_texts', schema=None) as batch_op:
        batch_op.create_index('ix_decision_texts_expo_id', ['expo_id'], unique=False)

    op.create_table('notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('setup_version', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_notices_expo_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('expo_id', 'version', name=op.f('uq_notices_expo_id_version'))
    )
    op.create_table('questions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('label_zh', sa.String(length=200), nullable=False),
    sa.Column('label_en', sa.String(length=200), nullable=False),
    sa.Column('purpose_zh', sa.String(length=300), nullable=False),
    sa.Column('purpose_en', sa.String(length=300), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('needed', sa.Boolean(), nullable=False),
    sa.Column('class_keys', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_questions_expo_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index('ix_questions_expo_id', ['expo_id'], unique=False)

    op.create_table('visitor_forms',
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('company', sa.String(length=32), nullable=False),
    sa.Column('region', sa.String(length=32), nullable=False),
    sa.Column('visit_day', sa.String(length=32), nullable=False),
    sa.Column('order_number', sa.String(length=100), nullable=False),
    sa.Column('order_authority', sa.String(length=200), nullable=False),
    sa.Column('ordered_on', sa.Date(), nullable=True),
    sa.Column('identity_days', sa.Integer(), nullable=False),
    sa.Column('notice_zh', sa.Text(), nullable=False),
    sa.Column('notice_en', sa.Text(), nullable=False),
    sa.Column('recipients_zh', sa.String(length=1000), nullable=False),
    sa.Column('recipients_en', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_visitor_forms_expo_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('expo_id', name=op.f('pk_visitor_forms'))
    )
    op.create_table('class_forms',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('class_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('own_form', sa.Boolean(), nullable=False),
    sa.Column('waiting_zh', sa.String(length=500), nullable=False),
    sa.Column('waiting_en', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['badge_classes.id'], name=op.f('fk_class_forms_class_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_class_forms_expo_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_class_forms')),
    sa.UniqueConstraint('expo_id', 'class_id', name=op.f('uq_class_forms_expo_id_class_id'))
    )
    op.create_table('answers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('registration_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('value', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_answers_expo_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_answers_question_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_answers_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers')),
    sa.UniqueConstraint('registration_id', 'question_id', 'value', name=op.f('uq_answers_registration_id_question_id_value'))
    )
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.create_index('ix_answers_question_id_value', ['question_id', 'value'], unique=False)

    op.create_table('identities',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('registration_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('key_number', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(length=128), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_identities_expo_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_identities_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
    sa.UniqueConstraint('registration_id', name=op.f('uq_identities_registration_id'))
    )
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.create_index('ix_identities_expo_id', ['expo_id'], unique=False)

    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.create_index('ix_consents_expo_id_purpose', ['expo_id', 'purpose'], unique=False)
        batch_op.create_index('uq_consents_standing', ['registration_id', 'purpose'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.add_column('registrations', sa.Column('decision_note', sa.String(length=1000), server_default='', nullable=False))




def downgrade() -> None:
    op.drop_column('registrations', 'decision_note')

    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.drop_index('uq_consents_standing', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
        batch_op.drop_index('ix_consents_expo_id_purpose')

    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_index('ix_identities_expo_id')

    op.drop_table('identities')
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.drop_index('ix_answers_question_id_value')

    op.drop_table('answers')
    op.drop_table('class_forms')
    op.drop_table('visitor_forms')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index('ix_questions_expo_id')

    op.drop_table('questions')
    op.drop_table('notices')
    with op.batch_alter_table('decision_texts', schema=None) as batch_op:
        batch_op.drop_index('ix_decision_texts_expo_id')

    op.drop_table('decision_texts')
    op.drop_table('consent_texts')
